/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

#include "base/mem.h"
#include "base/prng.h"

enum { BOOTS = 60, LIMIT = 8, ROUNDS = 400 };

struct world {
	struct point_boot boots[BOOTS];
	struct point points[BOOTS];
	struct point_move moves[2];
	struct point_series series;
	struct point_set set;
	struct baseline_wish wish;
};

/* Commits in order, lab sessions of one to four boots, a level that changes now and then. */
static void make_world(struct world *w, struct prng *prng, uint64_t gaps)
{
	int64_t session = 1;

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < BOOTS; i++) {
		session += prng_below(prng, 3) == 0;
		w->boots[i] = (struct point_boot){.id = (int64_t)i + 1,
			.session_id = session,
			.commit_id = session / 2,
			.commit_time_s = 1000 + session / 2,
			.started_unix_ms = (int64_t)prng_below(prng, 1000),
			.joins = prng_below(prng, 5) != 0};
		if (prng_below(prng, 10) >= gaps)
			w->points[w->series.count++] = (struct point){i, (double)i};
	}
	w->series.move_count = prng_below(prng, 3);
	for (size_t i = 0; i < w->series.move_count; i++)
		w->moves[i] = (struct point_move){
			1000 + (int64_t)prng_below(prng, 12), prng_below(prng, 2) != 0};
	w->series.points = w->points;
	w->series.moves = w->moves;
	w->set = (struct point_set){w->boots, BOOTS, &w->series, 1};
	w->wish = (struct baseline_wish){
		(int64_t)prng_below(prng, 12), 1000 + (int64_t)prng_below(prng, 12)};
}

/* The boots behind a selection, in its order. */
static size_t selected(const struct world *w, size_t ret[LIMIT])
{
	size_t count = baseline_select(&w->set, &w->series, &w->wish, LIMIT, ret);

	for (size_t i = 0; i < count; i++)
		ret[i] = w->series.points[ret[i]].boot;
	return count;
}

static void the_boots_to_read_are_those_that_are_selected(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 7);
	for (int round = 0; round < ROUNDS; round++) {
		size_t all[LIMIT], some[LIMIT], count;
		struct world w;

		make_world(&w, &prng, 0);
		count = selected(&w, all);
		assert_int_equal(
			baseline_boots(&w.set, &w.series, &w.wish, LIMIT, some), count);
		assert_memory_equal(all, some, count * sizeof(*all));
	}
}

/* What is read is what is selected of: nothing else of the branch is needed. */
static void what_is_left_out_changes_no_selection(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 8);
	for (int round = 0; round < ROUNDS; round++) {
		size_t all[LIMIT], some[LIMIT], boots[LIMIT], count, wanted, kept = 0;
		struct world w;

		make_world(&w, &prng, 0);
		count = selected(&w, all);
		wanted = baseline_boots(&w.set, &w.series, &w.wish, LIMIT, boots);
		for (size_t i = 0; i < BOOTS; i++)
			for (size_t k = 0; k < wanted; k++)
				if (boots[k] == i)
					w.points[kept++] = (struct point){i, (double)i};
		w.series.count = kept;
		assert_int_equal(selected(&w, some), count);
		assert_memory_equal(all, some, count * sizeof(*all));
	}
}

static void each_lab_session_gives_one_before_any_gives_two(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 9);
	for (int round = 0; round < ROUNDS; round++) {
		size_t chosen[LIMIT], most = 0, least = SIZE_MAX;
		struct world w;
		size_t count;

		make_world(&w, &prng, 3);
		w.series.move_count = 0;
		for (size_t i = 0; i < BOOTS; i++)
			w.boots[i].joins = true;
		w.wish.commit_id = -1;
		count = selected(&w, chosen);
		for (size_t i = 0; i < count; i++) {
			size_t of_session = 0;

			for (size_t k = 0; k < count; k++)
				of_session += w.boots[chosen[k]].session_id ==
					      w.boots[chosen[i]].session_id;
			most = of_session > most ? of_session : most;
			least = of_session < least ? of_session : least;
		}
		/* there are always more lab sessions than the limit */
		assert_int_equal(count, LIMIT);
		assert_int_equal(most, 1);
		assert_int_equal(least, 1);
	}
}

static void series_of_one_level_are_told_from_others(void **state)
{
	static const struct {
		const char *sentence;
		struct point_move a, b;
		size_t a_count, b_count;
		bool is_one;
	} rows[] = {
		{"without moves", {0}, {0}, 0, 0, true},
		{"the same move", {1000, true}, {1000, true}, 1, 1, true},
		{"a move that was accepted, and none", {1000, true}, {0}, 1, 0, false},
		{"accepted and not", {1000, true}, {1000, false}, 1, 1, false},
		{"moves after the new kernel count too", {3000, false}, {0}, 1, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct point_move a = rows[i].a, b = rows[i].b;
		struct point_series one = {.moves = &a, .move_count = rows[i].a_count};
		struct point_series other = {.moves = &b, .move_count = rows[i].b_count};
		const struct baseline_wish wish = {1, 2000};

		if (baseline_is_one_level(&one, &other, &wish) != rows[i].is_one)
			fail_msg("%s", rows[i].sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_boots_to_read_are_those_that_are_selected),
		cmocka_unit_test(what_is_left_out_changes_no_selection),
		cmocka_unit_test(each_lab_session_gives_one_before_any_gives_two),
		cmocka_unit_test(series_of_one_level_are_told_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
