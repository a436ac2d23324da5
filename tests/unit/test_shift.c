/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/shift.h"

#include "base/prng.h"
#include "support.h"

#define ROOM 8

static const struct {
	const char *name;
	enum shift_mode mode;
	double change_min;
	size_t count;
	double x[24];
	size_t found;
	size_t want[ROOM];
} rows[] = {
	{"nothing to see in nothing", SHIFT_NATIVE, 0.02, 0, {0}, 0, {0}},
	{"one value", SHIFT_NATIVE, 0.02, 1, {3}, 0, {0}},
	{"two values", SHIFT_NATIVE, 0.02, 2, {3, 4}, 0, {0}},
	{"two values, compat", SHIFT_COMPAT, 0, 2, {3, 4}, 0, {0}},
	{"five values are too few for two segments", SHIFT_NATIVE, 0.02, 5, {1, 1, 9, 9, 9}, 0,
		{0}},
	{"six are enough", SHIFT_NATIVE, 0.02, 6, {1, 1, 1, 9, 9, 9}, 1, {3}},
	{"a constant series has no point", SHIFT_NATIVE, 0, 12,
		{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0, {0}},
	{"a constant series has no point, compat", SHIFT_COMPAT, 0, 12,
		{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0, {0}},
	{"a series of zeros", SHIFT_COMPAT, 0, 8, {0}, 0, {0}},
	{"two constant levels", SHIFT_NATIVE, 0.02, 10, {1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, 1, {5}},
	{"three constant levels", SHIFT_NATIVE, 0.02, 12, {1, 1, 1, 1, 3, 3, 3, 3, 2, 2, 2, 2},
		2, {4, 8}},
	{"one outlier is not a change", SHIFT_NATIVE, 0.02, 13,
		{1, 1.1, 1, 1.1, 1, 1.1, 9, 1, 1.1, 1, 1.1, 1, 1.1}, 0, {0}},
	{"alternating modes are not a change", SHIFT_NATIVE, 0.02, 16,
		{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, 0, {0}},
	{"a step of 1 % is real but too small to matter", SHIFT_NATIVE, 0.02, 12,
		{5, 5, 5, 5, 5, 5, 5.01, 5.01, 5.01, 5.01, 5.01, 5.01}, 0, {0}},
	{"and is shown when asked for", SHIFT_NATIVE, 0.005, 12,
		{5, 5, 5, 5, 5, 5, 5.01, 5.01, 5.01, 5.01, 5.01, 5.01}, 1, {6}},
	{"a step between the largest numbers", SHIFT_COMPAT, 0, 8,
		{-1e308, -1.1e308, -1e308, -1.1e308, 1e308, 1.1e308, 1e308, 1.1e308}, 1, {4}},
	{"a step between the smallest numbers", SHIFT_COMPAT, 0, 8,
		{1e-310, 1.1e-310, 1e-310, 1.1e-310, 2e-310, 2.1e-310, 2e-310, 2.1e-310}, 1,
		{4}},
	{"from zero to something", SHIFT_COMPAT, 0, 8, {0, 0, 0, 0, 1, 1.1, 0.9, 1}, 1, {4}},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct shift_rules rules = shift_defaults(rows[i].mode);
		struct shift_list list;
		struct err err = ERR_INIT;

		rules.change_min = rows[i].change_min;
		if (shift_find(&rules, rows[i].x, rows[i].count, &list, &err) < 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		if (list.count != rows[i].found)
			fail_msg("%s: %zu points", rows[i].name, list.count);
		for (size_t k = 0; k < list.count; k++) {
			if (list.points[k].index != rows[i].want[k])
				fail_msg(
					"%s: point at %zu", rows[i].name, list.points[k].index);
			assert_true(isfinite(list.points[k].before) &&
				    isfinite(list.points[k].after));
			assert_true(isfinite(list.points[k].change));
			assert_true(list.points[k].p >= 0 && list.points[k].p <= 1);
		}
		shift_list_clear(&list);
	}
}

/*
 * Noise with steps; the points are those of a second implementation, written
 * from the specification alone, which agrees on 4,000 more such series.
 */
static const double ladder[] = {1010, 1006, 1007, 1010, 1005, 1009, 1025, 1046, 1013, 983, 1000,
	876, 881, 889, 887, 890, 872, 884, 882, 878, 872, 862, 967, 974, 979, 980, 990, 993,
	999, 978, 995, 972, 997, 1002, 976, 985, 997, 988, 978, 988, 987, 998, 979, 1108, 1113,
	1097, 1109, 1092, 1092, 988, 992, 970, 970, 943, 971, 954, 924, 930, 937, 937, 957, 951,
	920, 942, 991, 1012, 993, 993, 1052, 1019, 1123, 1147, 1160, 1170, 1003};
static const double hill[] = {1005, 984, 1002, 1012, 998, 1003, 1037, 1023, 1018, 1032, 1033,
	1032, 1042, 1048, 1026, 1041, 1032, 1039, 1016, 1027, 1048, 1033, 1031, 1027, 1030,
	1050, 1045, 1032, 1048, 1046, 1022, 1043, 1022, 1032, 1037, 1043, 1013, 1020, 1025,
	1033, 1026, 1025, 1011, 1018, 976, 1100, 1095, 1067, 1079, 1098, 1079, 1072, 1092, 1081,
	1058, 1036, 1046, 1059, 1060, 1047, 1020, 1029, 1023, 1006, 1016, 1027, 1027, 1027,
	1024, 1010, 1030, 989, 1015, 1022};

static const struct {
	const char *name;
	const double *x;
	size_t count;
	struct shift_rules rules;
	size_t found;
	size_t want[ROOM];
} longer[] = {
	{"compat keeps the stale p of a left neighbour, so 70 stays", ladder, 75,
		{SHIFT_COMPAT, 30, 0.001, 0}, 7, {11, 22, 43, 49, 53, 64, 70}},
	{"native, real but small changes kept", hill, 74, {SHIFT_NATIVE, 50, 0.01, 0}, 5,
		{6, 36, 45, 54, 60}},
	{"native, changes below 2 % merged", hill, 74, {SHIFT_NATIVE, 50, 0.01, 0.02}, 4,
		{6, 45, 54, 60}},
};

static void test_longer_series(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		double x[80];
		struct shift_list list;

		for (size_t k = 0; k < longer[i].count; k++)
			x[k] = longer[i].rules.mode == SHIFT_NATIVE ? log(longer[i].x[k])
								    : longer[i].x[k];
		assert_int_equal(
			shift_find(&longer[i].rules, x, longer[i].count, &list, NULL), 0);
		if (list.count != longer[i].found)
			fail_msg("%s: %zu points", longer[i].name, list.count);
		for (size_t k = 0; k < list.count; k++)
			if (list.points[k].index != longer[i].want[k])
				fail_msg("%s: point at %zu", longer[i].name,
					list.points[k].index);
		shift_list_clear(&list);
	}
}

static void test_numbers_of_a_point(void **state)
{
	const double x[] = {1, 1.5, 1, 1.5, 3, 3.5, 3, 3.5};
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	struct shift_list list;

	(void)state;
	assert_int_equal(shift_find(&rules, x, 8, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_near(list.points[0].before, 1.25, 1e-15);
	assert_near(list.points[0].after, 3.25, 1e-15);
	assert_near(list.points[0].change, exp(2) - 1, 1e-14);
	/* t = 2 / sqrt(0.25/3 / 2) on 6 degrees of freedom, nominal p 6.6e-5; calibrated for 8
	 */
	assert_close(list.points[0].p, 2.142e-4, 1e-3);
	shift_list_clear(&list);
	rules = shift_defaults(SHIFT_COMPAT);
	assert_int_equal(shift_find(&rules, x, 8, &list, NULL), 0);
	assert_near(list.points[0].change, 3.25 / 1.25 - 1, 1e-15);
	shift_list_clear(&list);
	shift_list_clear(NULL);
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *name;
		struct shift_rules rules;
		double value;
	} bad[] = {
		{"NaN", {SHIFT_NATIVE, 50, 0.01, 0.02}, NAN},
		{"infinite", {SHIFT_COMPAT, 50, 0.01, 0}, INFINITY},
		{"negative infinite", {SHIFT_COMPAT, 50, 0.01, 0}, -INFINITY},
		{"a window too short to calibrate", {SHIFT_NATIVE, 5, 0.01, 0.02}, 1},
		{"a window too long to calibrate", {SHIFT_NATIVE, 51, 0.01, 0.02}, 1},
		{"a window of one point", {SHIFT_COMPAT, 1, 0.01, 0}, 1},
		{"a window that takes forever", {SHIFT_COMPAT, SHIFT_WINDOW_MAX + 1, 0.01, 0},
			1},
		{"a p above 1", {SHIFT_NATIVE, 50, 1.5, 0.02}, 1},
		{"a p below 0", {SHIFT_NATIVE, 50, -1, 0.02}, 1},
		{"a p that is none", {SHIFT_NATIVE, 50, NAN, 0.02}, 1},
		{"a negative change", {SHIFT_NATIVE, 50, 0.01, -0.5}, 1},
		{"an infinite change", {SHIFT_NATIVE, 50, 0.01, INFINITY}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		double x[] = {1, 2, bad[i].value, 3};
		struct shift_list list = {NULL, 77};
		struct err err = ERR_INIT;
		size_t found[4], count;

		if (shift_find(&bad[i].rules, x, 4, &list, &err) >= 0 || err.text[0] == '\0' ||
			shift_candidates(&bad[i].rules, x, 4, found, &count, &err) >= 0)
			fail_msg("%s is accepted", bad[i].name);
		assert_int_equal(list.count, 77);
	}
}

/* Any rules on any finite numbers: indexes rise and nothing is NaN. */
static void test_random_series(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 5);
	for (int run = 0; run < 3000; run++) {
		struct shift_rules rules =
			shift_defaults(run % 2 ? SHIFT_NATIVE : SHIFT_COMPAT);
		size_t count = prng_below(&prng, 150);
		double x[150], scale = pow(10, 600 * prng_uniform(&prng) - 300);
		struct shift_list list;

		rules.window = 6 + prng_below(&prng, 45);
		rules.p_max = pow(prng_uniform(&prng), 3);
		rules.change_min = run % 3 ? 0 : prng_uniform(&prng);
		for (size_t i = 0; i < count; i++)
			x[i] = scale *
			       (run % 5 ? prng_normal(&prng) : (double)prng_below(&prng, 3));
		assert_int_equal(shift_find(&rules, x, count, &list, NULL), 0);
		for (size_t k = 0; k < list.count; k++) {
			struct shift_point *p = &list.points[k];

			assert_true(p->index > (k ? p[-1].index : 0) && p->index < count);
			assert_true(isfinite(p->before) && isfinite(p->after) &&
				    isfinite(p->change));
			assert_true(p->p >= 0 && p->p <= rules.p_max);
		}
		shift_list_clear(&list);
	}
}

static void test_the_unit_and_the_level_of_logs_change_nothing(void **state)
{
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	double x[300], shifted[300];
	struct shift_list a, b;
	struct prng prng;

	(void)state;
	prng_init(&prng, 3);
	for (size_t i = 0; i < 300; i++) {
		x[i] = 0.01 * prng_normal(&prng) + (i >= 90) * 0.05 - (i >= 200) * 0.03;
		shifted[i] = x[i] + 20;
	}
	assert_int_equal(shift_find(&rules, x, 300, &a, NULL), 0);
	assert_int_equal(shift_find(&rules, shifted, 300, &b, NULL), 0);
	assert_int_equal(a.count, 2);
	assert_int_equal(b.count, 2);
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(a.points[k].index, b.points[k].index);
		assert_near(a.points[k].change, b.points[k].change, 1e-12);
		assert_close(a.points[k].p, b.points[k].p, 1e-9);
	}
	shift_list_clear(&a);
	shift_list_clear(&b);
}

/* Section 6 of the specification: 1.2 % of noise series of 50 have a point, 4.2 % of 200. */
static void test_false_points_in_noise(void **state)
{
	static const struct {
		size_t count;
		int series;
		double low, high;
	} want[] = {{50, 5000, 0.007, 0.017}, {200, 2000, 0.030, 0.055}};
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	struct prng prng;

	(void)state;
	prng_init(&prng, 1);
	rules.change_min = 0;
	for (size_t i = 0; i < 2; i++) {
		int with = 0;

		for (int s = 0; s < want[i].series; s++) {
			struct shift_list list;
			double x[200];

			for (size_t k = 0; k < want[i].count; k++)
				x[k] = prng_normal(&prng);
			assert_int_equal(shift_find(&rules, x, want[i].count, &list, NULL), 0);
			with += list.count > 0;
			shift_list_clear(&list);
		}
		if (with < want[i].low * want[i].series || with > want[i].high * want[i].series)
			fail_msg("%d of %d series of %zu", with, want[i].series, want[i].count);
	}
}

static void test_range(void **state)
{
	double x[40];
	size_t first, last;

	(void)state;
	/* a clean step: the neighbours of the first kernel of the new level split nearly as
	 * well */
	for (size_t i = 0; i < 40; i++)
		x[i] = (i >= 20) + 0.001 * (double)(i % 3);
	shift_range(x, 0, 20, 40, 50, &first, &last);
	assert_true(first >= 19 && last <= 21);
	/* a ramp over 9 kernels: all of its middle splits nearly as well */
	for (size_t i = 0; i < 40; i++)
		x[i] = i < 16 ? 0 : i < 25 ? ((double)i - 15) / 10 : 1;
	shift_range(x, 0, 20, 40, 50, &first, &last);
	assert_true(first < 20 && last > 20 && first >= 16 && last <= 25);
	/* reach keeps far values out; the range never touches the ends */
	shift_range(x, 0, 20, 40, 4, &first, &last);
	assert_true(first >= 19 && last <= 21);
	for (size_t i = 0; i < 40; i++)
		x[i] = 0;
	shift_range(x, 0, 20, 40, 50, &first, &last);
	assert_true(first == 3 && last == 37);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_longer_series),
		cmocka_unit_test(test_numbers_of_a_point),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_random_series),
		cmocka_unit_test(test_the_unit_and_the_level_of_logs_change_nothing),
		cmocka_unit_test(test_false_points_in_noise),
		cmocka_unit_test(test_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
