/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/track.h"

#include "lab_fixture.h"
#include "store/history.h"

enum { KERNELS = 24, MOVED = 14 };

/* A branch that is slower from a kernel on; of each kernel two boots. */
static void make_branch(struct lab *lab, double slower)
{
	struct commit base;

	lab_open(lab);
	base = lab_commit(lab);
	for (int i = 0; i < KERNELS; i++) {
		struct commit fresh = lab_commit(lab);
		struct run run = lab_compare(lab, "screen", &base, &fresh);
		double value = i < MOVED ? 1e6 : 1e6 * slower;

		lab_session(lab, &run, "BB", value, value);
	}
}

static const struct history_family *judged_family(const struct history_map *map)
{
	size_t i = 0;

	while (i < map->family_count && !map->families[i].judged)
		i++;
	assert_true(i < map->family_count);
	return &map->families[i];
}

static void a_line_has_the_kernels_in_the_order_of_their_commits(void **state)
{
	struct history_map map;
	struct lab lab;

	(void)state;
	make_branch(&lab, 1);
	must(history_map_load(lab.s.db, &map, &store_err));
	assert_int_equal(map.line_count, 1);
	assert_string_equal(map.lines[0].branch, "next");
	assert_int_equal(map.lines[0].kernel_count, KERNELS);
	assert_int_equal(map.lines[0].boot_count, 2 * KERNELS);
	for (size_t i = 0; i < KERNELS; i++) {
		const struct history_kernel *kernel = &map.lines[0].kernels[i];

		assert_int_equal(kernel->boot_count, 2);
		assert_int_equal(kernel->first_boot, 2 * i);
		assert_true(i == 0 || kernel->commit_time_s > kernel[-1].commit_time_s);
	}
	history_map_clear(&map);
	store_close(&lab.s);
}

static void values_are_means_over_the_boots_of_a_kernel(void **state)
{
	double values[KERNELS], some[2], mean = 0;
	struct history_map map;
	struct lab lab;

	(void)state;
	make_branch(&lab, 1);
	must(history_map_load(lab.s.db, &map, &store_err));
	assert_int_equal(judged_family(&map)->mode_count, 1);
	must(history_values(lab.s.db, judged_family(&map),
		&(struct history_window){&map.lines[0], 0, KERNELS}, values, &store_err));
	for (size_t i = 0; i < KERNELS; i++) {
		assert_near(values[i], log(1e6), 0.02);
		mean += values[i] / KERNELS;
	}
	assert_near(mean, log(1e6), 0.002);
	/* a window elsewhere has its own kernels' */
	must(history_values(lab.s.db, judged_family(&map),
		&(struct history_window){&map.lines[0], 5, 2}, some, &store_err));
	assert_true(some[0] == values[5] && some[1] == values[6]);
	history_map_clear(&map);
	store_close(&lab.s);
}

static void a_change_of_level_is_found_and_a_quiet_branch_has_none(void **state)
{
	static const struct {
		const char *sentence;
		double slower;
		size_t changes;
	} rows[] = {{"quiet", 1, 0}, {"10 % slower", 1.1, 1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct history_track *tracks;
		struct history_map map;
		struct lab lab;

		make_branch(&lab, rows[i].slower);
		must(history_map_load(lab.s.db, &map, &store_err));
		must(tracks_load(lab.s.db, judged_family(&map),
			&(struct history_window){&map.lines[0], 0, KERNELS}, &tracks,
			&store_err));
		if (tracks[0].change_count != rows[i].changes)
			fail_msg("%s: %zu changes", rows[i].sentence, tracks[0].change_count);
		assert_int_equal(tracks[0].count, KERNELS);
		assert_int_equal(tracks[0].level_count, rows[i].changes + 1);
		assert_int_equal(tracks[0].levels[0].first, 0);
		assert_int_equal(tracks[0].levels[rows[i].changes].last, KERNELS - 1);
		if (rows[i].changes) {
			assert_int_equal(tracks[0].changes[0].kernel, MOVED);
			assert_near(tracks[0].changes[0].change, 0.1, 0.01);
			assert_true(tracks[0].changes[0].first <= MOVED);
			assert_true(tracks[0].changes[0].last >= MOVED);
		}
		history_track_clear(&tracks[0]);
		free(tracks);
		history_map_clear(&map);
		store_close(&lab.s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_the_kernels_in_the_order_of_their_commits),
		cmocka_unit_test(values_are_means_over_the_boots_of_a_kernel),
		cmocka_unit_test(a_change_of_level_is_found_and_a_quiet_branch_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
