/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/simulation.h"

#include "support.h"

/*
 * The whole procedure on a lab that is made up, few runs with fixed seeds. The
 * limits are those of so few runs; kvmperf simulate gives the figures of 1000.
 */
static const struct {
	const char *name;
	double session_sd, effect;
	int effect_cells, sessions;
	double outlier_boots, two_modes, session_correlation;
	int runs, alerts_most, found_least;
	double boots_most;
} rows[] = {
	{"no change, steady lab", 0, 0, 0, 10, 0, 0, 0, 100, 1, 0, 3.2},
	{"no change, lab sessions differ as boots do", 0.01, 0, 0, 10, 0, 0, 0, 100, 1, 0, 6.2},
	{"no change, twice as much", 0.02, 0, 0, 10, 0, 0, 0, 100, 1, 0, 9.1},
	{"no change, smallest baseline", 0.02, 0, 0, 4, 0, 0, 0, 100, 1, 0, 14.5},
	{"no change, outlier boots", 0, 0, 0, 10, 0.05, 0, 0, 100, 1, 0, 5},
	{"no change, two kinds of boots", 0.01, 0, 0, 10, 0, 0.03, 0, 100, 1, 0, 9},
	{"no change, all cells of a session differ alike", 0.02, 0, 0, 10, 0, 0, 1, 100, 1, 0,
		6.2},
	{"+5 % of one metric is an event", 0, 0.05, 24, 10, 0, 0, 0, 40, 1, 40, 18.4},
	{"also in a lab that drifts", 0.02, 0.05, 24, 10, 0, 0, 0, 40, 1, 39, 18.5},
	{"an improvement as well", 0, -0.05, 24, 10, 0, 0, 0, 30, 1, 30, 18.4},
	{"a single +5 % cell", 0, 0.05, 1, 10, 0, 0, 0, 120, 2, 90, 10.2},
	{"a single +5 % cell in a lab that drifts", 0.02, 0.05, 1, 10, 0, 0, 0, 120, 2, 70, 12},
	{"a single +10 % cell", 0, 0.1, 1, 10, 0, 0, 0, 60, 1, 57, 11.8},
	{"a single +10 % cell in a lab that drifts", 0.02, 0.1, 1, 10, 0, 0, 0, 60, 1, 55,
		13.6},
	{"a change of everything is an event", 0, 0.05, 144, 10, 0, 0, 0, 20, 0, 20, 18.1},
};

static void test_rows(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world_rules world = world_defaults();
		struct simulation s;

		world.session_sd = rows[i].session_sd;
		world.effect = rows[i].effect;
		world.effect_cells = rows[i].effect_cells;
		world.sessions = rows[i].sessions;
		world.outlier_boots = rows[i].outlier_boots;
		world.two_modes = rows[i].two_modes;
		world.session_correlation = rows[i].session_correlation;
		s = simulate(&world, &judging, rows[i].runs, 1, false);
		if (s.alerted > rows[i].alerts_most || s.found < rows[i].found_least ||
			(double)s.boots > rows[i].boots_most * s.runs)
			fail_msg("%s: %d alerts, %d found of %d, %.2f boots", rows[i].name,
				s.alerted, s.found, s.runs, (double)s.boots / s.runs);
	}
}

/* Nothing but the confirm, all cells in the family: it alone keeps the false alerts away. */
static void test_confirm_alone(void **state)
{
	const struct judging judging = judging_defaults();
	struct world_rules world = world_defaults();
	struct simulation s;

	(void)state;
	world.session_sd = 0.02;
	s = simulate(&world, &judging, 60, 1, true);
	assert_true(s.alerted <= 1);
	assert_int_equal(s.confirmed, 60);
}

static void test_same_seed_same_numbers(void **state)
{
	const struct judging judging = judging_defaults();
	struct world_rules world = world_defaults();
	struct simulation a, b, c;

	(void)state;
	world.effect = 0.05;
	world.effect_cells = 24;
	a = simulate(&world, &judging, 5, 7, false);
	b = simulate(&world, &judging, 5, 7, false);
	c = simulate(&world, &judging, 5, 8, false);
	assert_int_equal(a.boots, b.boots);
	assert_int_equal(a.cells_found, b.cells_found);
	assert_near(a.estimate, b.estimate, 0);
	assert_true(a.cells_found != c.cells_found || a.estimate != c.estimate);
}

static const struct {
	const char *name;
	struct world_rules world;
} odd[] = {
	{"one cell", {.cells = 1,
			     .metrics = 1,
			     .boot_sd = 0.01,
			     .processes = 1,
			     .iterations = 1,
			     .sessions = 4,
			     .session_boots = 2}},
	{"no noise at all", {.cells = 20,
				    .metrics = 2,
				    .processes = 3,
				    .iterations = 2,
				    .sessions = 10,
				    .session_boots = 2,
				    .history_df = 20,
				    .effect = 0.05,
				    .effect_cells = 1}},
	{"one boot in each lab session, no history", {.cells = 30,
							     .metrics = 2,
							     .boot_sd = 0.01,
							     .processes = 3,
							     .iterations = 2,
							     .sessions = 10,
							     .session_boots = 1}},
	{"too small a baseline", {.cells = 20,
					 .metrics = 2,
					 .boot_sd = 0.01,
					 .processes = 3,
					 .iterations = 2,
					 .sessions = 1,
					 .session_boots = 1,
					 .history_df = 20}},
	{"every boot an outlier", {.cells = 20,
					  .metrics = 2,
					  .boot_sd = 0.01,
					  .processes = 3,
					  .iterations = 2,
					  .sessions = 10,
					  .session_boots = 2,
					  .history_df = 20,
					  .outlier_boots = 1,
					  .outlier_size = 5}},
};

static void test_odd_worlds(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct simulation s = simulate(&odd[i].world, &judging, 10, 1, false);

		if (s.alerted || !isfinite(s.estimate))
			fail_msg("%s: %d alerts", odd[i].name, s.alerted);
		if (odd[i].world.effect_cells)
			assert_int_equal(s.found, 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_confirm_alone),
		cmocka_unit_test(test_same_seed_same_numbers),
		cmocka_unit_test(test_odd_worlds),
	};

	return cmocka_run_group_tests_name("simulation", tests, NULL, NULL);
}
