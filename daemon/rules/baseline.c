/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/baseline.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- the level of a cell --- */

/* Commits of one level by their time: from the first one up to, not including, the second. */
struct level {
	int64_t from, until;
};

static struct level level_of(const struct point_series *series, int64_t commit_time_s)
{
	struct level level = {INT64_MIN, INT64_MAX};

	for (size_t i = 0; i < series->move_count; i++)
		if (series->moves[i].accepted &&
			series->moves[i].commit_time_s <= commit_time_s &&
			series->moves[i].commit_time_s > level.from)
			level.from = series->moves[i].commit_time_s;
	for (size_t i = 0; i < series->move_count; i++)
		if (series->moves[i].commit_time_s > level.from &&
			series->moves[i].commit_time_s < level.until)
			level.until = series->moves[i].commit_time_s;
	return level;
}

static bool is_in(const struct level *level, int64_t commit_time_s)
{
	return commit_time_s >= level->from && commit_time_s < level->until;
}

/* A point, or a boot, that may be chosen. */
struct choice {
	size_t index;
	int64_t session, started;
	size_t round; /* 0: the newest boot of its lab session, 1: the next one, ... */
};

static int by_session(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	if (x->session != y->session)
		return x->session < y->session ? -1 : 1;
	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Every lab session gives one boot before any gives a second; newer ones go first. */
static int by_round(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return by_session(b, a);
}

/* Of the points, or without points of all boots of the set. */
static size_t collect(const struct point_set *set, const struct level *level,
	const struct baseline_wish *wish, const struct point *points, size_t all,
	struct choice *choices)
{
	size_t count = 0;

	for (size_t i = 0; i < all; i++) {
		const struct point_boot *boot = &set->boots[points ? points[i].boot : i];

		if (boot->joins && boot->commit_id != wish->commit_id &&
			is_in(level, boot->commit_time_s))
			choices[count++] =
				(struct choice){i, boot->session_id, boot->started_unix_ms, 0};
	}
	qsort(choices, count, sizeof(*choices), by_session);
	for (size_t i = count; i-- > 0;)
		if (i + 1 < count && choices[i + 1].session == choices[i].session)
			choices[i].round = choices[i + 1].round + 1;
	return count;
}

/* In order of their lab sessions. */
static size_t choose_best(struct choice *choices, size_t count, size_t limit, size_t *ret)
{
	qsort(choices, count, sizeof(*choices), by_round);
	if (count > limit)
		count = limit;
	qsort(choices, count, sizeof(*choices), by_session);
	for (size_t i = 0; i < count; i++)
		ret[i] = choices[i].index;
	return count;
}

size_t baseline_select(const struct point_set *set, const struct point_series *series,
	const struct baseline_wish *wish, size_t limit, size_t *ret)
{
	auto_free struct choice *choices = MEM_NEW(struct choice, series->count + 1);
	struct level level = level_of(series, wish->commit_time_s);

	return choose_best(choices,
		collect(set, &level, wish, series->points, series->count, choices), limit, ret);
}

size_t baseline_boots(const struct point_set *set, const struct point_series *series,
	const struct baseline_wish *wish, size_t limit, size_t *ret)
{
	auto_free struct choice *choices = MEM_NEW(struct choice, set->boot_count + 1);
	struct level level = level_of(series, wish->commit_time_s);

	return choose_best(choices, collect(set, &level, wish, NULL, set->boot_count, choices),
		limit, ret);
}

bool baseline_is_one_level(const struct point_series *a, const struct point_series *b,
	const struct baseline_wish *wish)
{
	struct level one = level_of(a, wish->commit_time_s);
	struct level other = level_of(b, wish->commit_time_s);

	return one.from == other.from && one.until == other.until;
}

/* --- beside a comparison --- */

/* A screen and the level that is put beside it. */
struct adding {
	const struct judging *judging;
	const struct point_set *set;
	struct comparison *c;
	struct baseline_wish wish;
	const struct point_series **series; /* by cell, or NULL */
	size_t **chosen;		    /* by cell, the first `counts` points */
	size_t *counts;
	size_t *places; /* by boot of the set: index into the comparison's boots, or SIZE_MAX */
};

static void choose(struct adding *a)
{
	const struct comparison *c = a->c;

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		a->series[i] = point_series_find(a->set, c->scenarios[cell->scenario].name,
			c->modes[cell->mode], c->metrics[cell->metric].name);
		if (!a->series[i])
			continue;
		a->chosen[i] = MEM_NEW(size_t, a->judging->baseline_most);
		a->counts[i] = baseline_select(a->set, a->series[i], &a->wish,
			a->judging->baseline_most, a->chosen[i]);
		for (size_t k = 0; k < a->counts[i]; k++)
			a->places[a->series[i]->points[a->chosen[i][k]].boot] = 0;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct comparison_boot *x = a, *y = b;

	if (x->started_unix_ms != y->started_unix_ms)
		return x->started_unix_ms < y->started_unix_ms ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The boots of the level before the comparison's own, whose indexes move. */
static void add_boots(struct adding *a)
{
	struct comparison *c = a->c;
	struct comparison_boot *boots =
		MEM_NEW(struct comparison_boot, a->set->boot_count + c->boot_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < a->set->boot_count; i++) {
		const struct point_boot *b = &a->set->boots[i];

		if (a->places[i] != SIZE_MAX)
			boots[count++] = (struct comparison_boot){
				.id = b->id,
				.sequence = b->sequence,
				.side = 'A',
				.started_unix_ms = b->started_unix_ms,
				.ended_unix_ms = b->ended_unix_ms,
				.session = (int)b->session_id,
				.stored = true,
			};
	}
	qsort(boots, count, sizeof(*boots), by_start);
	for (size_t i = 0; i < a->set->boot_count; i++)
		for (size_t k = 0; a->places[i] != SIZE_MAX && k < count; k++)
			if (boots[k].id == a->set->boots[i].id)
				a->places[i] = k;
	if (c->boot_count)
		memcpy(&boots[count], c->boots, c->boot_count * sizeof(*boots));
	free(c->boots);
	c->boots = boots;
	c->boot_count += count;
	for (size_t i = 0; i < c->cell_count; i++) {
		for (size_t k = 0; k < c->cells[i].base.count; k++)
			c->cells[i].base.boots[k] += count;
		for (size_t k = 0; k < c->cells[i].fresh.count; k++)
			c->cells[i].fresh.boots[k] += count;
	}
}

/* The level's values of a cell before its base boots of today, when these are on the level. */
static void add_values(struct adding *a, size_t i)
{
	const struct point_series *series = a->series[i];
	struct cell_side *side = &a->c->cells[i].base, old = *side;
	size_t count = a->counts[i];
	struct level level;

	if (!series)
		return;
	level = level_of(series, a->wish.commit_time_s);
	if (!is_in(&level, a->c->base.commit_time_s))
		old.count = 0;
	side->values = MEM_NEW(double, count + old.count + 1);
	side->boots = MEM_NEW(size_t, count + old.count + 1);
	side->sessions = MEM_NEW(int, count + old.count + 1);
	side->count = count + old.count;
	for (size_t k = 0; k < count; k++) {
		const struct point *point = &series->points[a->chosen[i][k]];

		side->values[k] = exp(point->log_value);
		side->boots[k] = a->places[point->boot];
		side->sessions[k] = (int)a->set->boots[point->boot].session_id;
	}
	for (size_t k = 0; k < old.count; k++) {
		side->values[count + k] = old.values[k];
		side->boots[count + k] = old.boots[k];
		side->sessions[count + k] = old.sessions[k];
	}
	free(old.values);
	free(old.boots);
	free(old.sessions);
}

static size_t count_sessions(const struct adding *a, size_t cell)
{
	size_t sessions = 0;
	int64_t last = 0;

	for (size_t k = 0; k < a->counts[cell]; k++) {
		size_t boot = a->series[cell]->points[a->chosen[cell][k]].boot;
		int64_t session = a->set->boots[boot].session_id;

		sessions += k == 0 || session != last;
		last = session;
	}
	return sessions;
}

struct baseline_wish baseline_wish_of(const struct comparison *c)
{
	bool is_itself = c->fresh.commit_id == c->base.commit_id;

	return (struct baseline_wish){
		is_itself ? 0 : c->fresh.commit_id, c->fresh.commit_time_s};
}

void baseline_add(
	const struct judging *judging, const struct point_set *set, struct comparison *c)
{
	auto_free const struct point_series **series =
		MEM_NEW(const struct point_series *, c->cell_count + 1);
	auto_free size_t **chosen = MEM_NEW(size_t *, c->cell_count + 1);
	auto_free size_t *counts = MEM_NEW(size_t, c->cell_count + 1);
	auto_free size_t *places = MEM_NEW(size_t, set->boot_count + 1);
	struct adding a = {
		judging, set, c, baseline_wish_of(c), series, chosen, counts, places};

	memset(places, 0xff, set->boot_count * sizeof(*places));
	choose(&a);
	add_boots(&a);
	c->level_boots = c->level_sessions = 0;
	for (size_t i = 0; i < c->cell_count; i++) {
		size_t sessions = count_sessions(&a, i);

		add_values(&a, i);
		if (c->metrics[c->cells[i].metric].judged &&
			(counts[i] > c->level_boots || (counts[i] == c->level_boots &&
							       sessions > c->level_sessions))) {
			c->level_boots = counts[i];
			c->level_sessions = sessions;
		}
		free(chosen[i]);
	}
}

/* --- noise --- */

struct spread baseline_spread(const struct point_set *set, const struct point_series *series)
{
	double squares = 0, df = 0;
	size_t from = 0, to;

	/* boots are in order of commits, then lab sessions */
	for (; from < series->count; from = to) {
		const struct point_boot *first = &set->boots[series->points[from].boot];
		double sum = 0, mean;

		for (to = from; to < series->count; to++) {
			const struct point_boot *b = &set->boots[series->points[to].boot];

			if (b->kernel_id != first->kernel_id ||
				b->session_id != first->session_id)
				break;
			sum += series->points[to].log_value;
		}
		mean = sum / (double)(to - from);
		for (size_t i = from; i < to; i++) {
			double off = series->points[i].log_value - mean;

			squares += off * off;
		}
		df += (double)(to - from - 1);
	}
	return df > 0 ? (struct spread){squares / df, df} : (struct spread){0, 0};
}
