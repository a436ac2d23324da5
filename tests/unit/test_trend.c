/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/trend.h"

#include "base/prng.h"
#include "support.h"

#define KERNELS 120
#define CELLS	24

/* Cells of 1 % noise in logs, each with its own level; kernel k is at place 10 k. */
struct lab {
	double values[CELLS][KERNELS];
	int64_t kernels[KERNELS];
	struct trend_cell cells[CELLS];
};

static void lab_init(struct lab *lab, uint64_t seed)
{
	struct prng prng;

	prng_init(&prng, seed);
	for (int c = 0; c < CELLS; c++) {
		for (int k = 0; k < KERNELS; k++)
			lab->values[c][k] = -3 - 0.1 * c + 0.01 * prng_normal(&prng);
		lab->cells[c] =
			(struct trend_cell){lab->values[c], lab->kernels, KERNELS, NULL, 0};
	}
	for (int k = 0; k < KERNELS; k++)
		lab->kernels[k] = 10 * (int64_t)k;
}

static void lab_step(struct lab *lab, int first_cell, int cells, int kernel, double change)
{
	for (int c = first_cell; c < first_cell + cells; c++)
		for (int k = kernel; k < KERNELS; k++)
			lab->values[c][k] += log1p(change);
}

static const struct {
	const char *name;
	int cells, kernel; /* step in so many cells */
	double change;
	int cells2, kernel2; /* another one, in the cells after those */
	double change2;
	size_t points, confirms;
} rows[] = {
	{"noise schedules nothing", 0, 0, 0, 0, 0, 0, 0, 0},
	{"a step in one cell schedules one confirm", 1, 100, 0.08, 0, 0, 0, 1, 1},
	{"a step in many cells schedules one confirm for all", 24, 100, 0.05, 0, 0, 0, 24, 1},
	{"an improvement is a question too", 6, 90, -0.06, 0, 0, 0, 6, 1},
	{"two changes are two confirms", 6, 80, 0.08, 6, 105, -0.08, 12, 2},
	{"a step of 1 % is below what matters", 24, 100, 0.01, 0, 0, 0, 0, 0},
	{"a step further back than a window was judged long ago", 24, 60, 0.08, 0, 0, 0, 0, 0},
	{"two kernels of a large change already show", 24, KERNELS - 2, 0.08, 0, 0, 0, 24, 1},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lab lab;
		struct trend trend;

		lab_init(&lab, 17);
		lab_step(&lab, 0, rows[i].cells, rows[i].kernel, rows[i].change);
		lab_step(&lab, rows[i].cells, rows[i].cells2, rows[i].kernel2, rows[i].change2);
		assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
		if (trend.point_count != rows[i].points ||
			trend.confirm_count != rows[i].confirms)
			fail_msg("%s: %zu points, %zu confirms", rows[i].name,
				trend.point_count, trend.confirm_count);
		for (size_t k = 0; k < trend.confirm_count; k++) {
			const struct trend_confirm *c = &trend.confirms[k];
			int64_t at = 10 * (int64_t)(k ? rows[i].kernel2 : rows[i].kernel);

			/* the last kernel before the range, and the first after it */
			if (!(c->before < at && c->after >= at &&
				    c->span.first == c->before + 1 && c->span.last < c->after &&
				    c->after - c->before <= 100))
				fail_msg("%s: confirm %zu is %lld..%lld", rows[i].name, k,
					(long long)c->before, (long long)c->after);
			assert_true(c->p <= 0.05);
		}
		trend_clear(&trend);
	}
}

static void test_numbers_of_a_point(void **state)
{
	struct lab lab;
	struct trend trend;

	(void)state;
	lab_init(&lab, 4);
	lab_step(&lab, 5, 1, 100, 0.2);
	assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
	assert_int_equal(trend.point_count, 1);
	assert_int_equal(trend.points[0].cell, 5);
	assert_int_equal(trend.points[0].kernel, 1000);
	assert_near(trend.points[0].change, 0.2, 0.02);
	/* the other cells count: Benjamini-Hochberg of one small p among many of 1 */
	assert_close(trend.points[0].p_adjusted, CELLS * trend.points[0].p, 1e-12);
	assert_int_equal(trend.confirms[0].points, 1);
	trend_clear(&trend);
}

static void test_what_is_covered_is_not_asked_again(void **state)
{
	struct trend_span event = {985, 1000}, elsewhere = {200, 300};
	struct lab lab;
	struct trend trend;

	(void)state;
	lab_init(&lab, 4);
	lab_step(&lab, 0, 2, 100, 0.1);
	lab.cells[0].covered = &event;
	lab.cells[0].covered_count = 1;
	lab.cells[1].covered = &elsewhere;
	lab.cells[1].covered_count = 1;
	assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
	assert_int_equal(trend.point_count, 1);
	assert_int_equal(trend.points[0].cell, 1);
	trend_clear(&trend);
}

static void test_an_older_point_shows_once_the_newest_is_covered(void **state)
{
	struct trend_span event = {1090, 1100};
	struct lab lab;
	struct trend trend;

	(void)state;
	lab_init(&lab, 4);
	lab_step(&lab, 0, 1, 85, 0.1);
	lab_step(&lab, 0, 1, 110, 0.1);
	assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
	assert_int_equal(trend.points[0].kernel, 1100);
	trend_clear(&trend);
	lab.cells[0].covered = &event;
	lab.cells[0].covered_count = 1;
	assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
	assert_int_equal(trend.point_count, 1);
	assert_int_equal(trend.points[0].kernel, 850);
	trend_clear(&trend);
}

/* A night's false discoveries stay rare, although 24 series are looked at. */
static void test_noise_seldom_asks(void **state)
{
	int nights = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct lab lab;
		struct trend trend;

		lab_init(&lab, 1000 + seed);
		assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, NULL), 0);
		nights += trend.confirm_count > 0;
		trend_clear(&trend);
	}
	assert_true(nights <= 8);
}

static void test_bad_input(void **state)
{
	struct lab lab;
	struct trend trend = {.point_count = 77};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(trend_judge(NULL, 0, 0.05, &trend, &err), 0);
	assert_true(trend.point_count == 0 && trend.confirm_count == 0);
	trend_clear(&trend);
	trend_clear(NULL);
	lab_init(&lab, 1);
	lab.cells[2].count = 0;
	lab.cells[3].count = 1;
	lab.cells[4].count = 5;
	for (int k = 0; k < KERNELS; k++)
		lab.values[6][k] = 1;
	assert_int_equal(trend_judge(lab.cells, CELLS, 0.05, &trend, &err), 0);
	trend_clear(&trend);
	lab.values[7][3] = NAN;
	trend.point_count = 77;
	assert_true(trend_judge(lab.cells, CELLS, 0.05, &trend, &err) < 0);
	assert_non_null(strstr(err.text, "cell 7"));
	lab.values[7][3] = 0;
	lab.kernels[9] = lab.kernels[8];
	assert_true(trend_judge(lab.cells, CELLS, 0.05, &trend, &err) < 0);
	assert_non_null(strstr(err.text, "cell 0"));
	assert_int_equal(trend.point_count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_numbers_of_a_point),
		cmocka_unit_test(test_what_is_covered_is_not_asked_again),
		cmocka_unit_test(test_an_older_point_shows_once_the_newest_is_covered),
		cmocka_unit_test(test_noise_seldom_asks),
		cmocka_unit_test(test_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
