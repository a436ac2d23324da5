/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>

#include "stats/shift.h"
#include "vectors.h"

/*
 * Change points that other projects publish or that two independent
 * implementations of the specification agree on.
 */

static void assert_indexes(const char *name, const struct shift_rules *rules, const double *x,
	size_t count, const json_t *expected)
{
	struct shift_list list;
	size_t n = json_array_size(expected);

	assert_int_equal(shift_find(rules, x, count, &list, NULL), 0);
	if (list.count != n)
		fail_msg("%s: %zu points, expected %zu", name, list.count, n);
	for (size_t i = 0; i < n; i++)
		if ((double)list.points[i].index !=
			json_number_value(json_array_get(expected, i)))
			fail_msg("%s: point %zu is at %zu", name, i, list.points[i].index);
	shift_list_clear(&list);
}

/* The second column of a CSV file with a header; the caller frees. */
static double *read_values(const char *name, size_t *ret_count)
{
	char path[PATH_MAX], line[256];
	double *x = calloc(6000, sizeof(*x));
	FILE *in;

	*ret_count = 0;
	if (!shared_vector(name, path, sizeof(path)) || !(in = fopen(path, "re")))
		return x;
	while (*ret_count < 6000 && fgets(line, sizeof(line), in))
		if (sscanf(line, "%*[0-9],%lf", &x[*ret_count]) == 1)
			(*ret_count)++;
	fclose(in);
	return x;
}

static void test_shared_tigerbeetle(void **state)
{
	json_t *json = vectors_load("stats/otava/tigerbeetle_expected.json"), *row;
	size_t i, count;
	double *x;

	(void)state;
	if (!json)
		skip();
	x = read_values("stats/otava/tigerbeetle.csv", &count);
	assert_int_equal(count, 365);
	json_array_foreach(json, i, row)
	{
		struct shift_rules rules = {SHIFT_COMPAT,
			(size_t)vectors_number(row, "window_len"),
			vectors_number(row, "max_pvalue"),
			vectors_number(row, "min_magnitude")};

		assert_indexes(vectors_text(row, "name"), &rules, x, count,
			json_object_get(row, "expected"));
	}
	free(x);
	json_decref(json);
}

static void check_small(const json_t *row, const char *series, const char *expected)
{
	const json_t *options = json_object_get(row, "options");
	struct shift_rules rules = {SHIFT_COMPAT, (size_t)vectors_number(options, "window_len"),
		vectors_number(options, "max_pvalue"),
		vectors_number(options, "min_magnitude")};
	size_t n;
	double *x = vectors_numbers(row, series, &n);

	assert_indexes(
		vectors_text(row, "origin"), &rules, x, n, json_object_get(row, expected));
	free(x);
}

/* E-divisive alone: one window, accepted at ten times the p_max of the rules. */
static void check_plain(const json_t *row)
{
	struct shift_rules rules = shift_defaults(SHIFT_COMPAT);
	const json_t *expected = json_object_get(row, "expected");
	size_t n, found[64], count;
	double *x = vectors_numbers(row, "series", &n);

	rules.p_max = vectors_number(json_object_get(row, "options"), "max_pvalue") / 10;
	assert_int_equal(shift_candidates(&rules, x, n, found, &count, NULL), 0);
	assert_int_equal(count, json_array_size(expected));
	for (size_t i = 0; i < count; i++)
		assert_near(
			(double)found[i], json_number_value(json_array_get(expected, i)), 0);
	free(x);
}

static void test_shared_otava(void **state)
{
	json_t *json = vectors_load("stats/otava/small_vectors.json"), *row;
	struct shift_rules rules = shift_defaults(SHIFT_COMPAT);
	struct shift_list list;
	size_t i, n;
	double *x;

	(void)state;
	if (!json)
		skip();
	json_array_foreach(json, i, row)
	{
		if (json_object_get(row, "series1")) {
			check_small(row, "series1", "expected_series1");
			check_small(row, "series2", "expected_series2");
		} else if (json_object_get(row, "expected_count")) {
			x = vectors_numbers(row, "series", &n);
			assert_int_equal(shift_find(&rules, x, n, &list, NULL), 0);
			assert_int_equal(
				list.count, (int)vectors_number(row, "expected_count"));
			assert_int_equal(list.points[0].index,
				(int)vectors_number(row, "expected_first"));
			shift_list_clear(&list);
			free(x);
		} else if (json_object_get(json_object_get(row, "options"),
				   "plain_e_divisive_with_t_test")) {
			check_plain(row);
		} else if (json_object_get(row, "series")) {
			check_small(row, "series", "expected");
		}
	}
	json_decref(json);
}

/* otava/small_vectors.json, third entry: printed with 6 decimals. */
static void test_shared_otava_means(void **state)
{
	json_t *json = vectors_load("stats/otava/small_vectors.json");
	static const char *const keys[][2] = {
		{"series1", "series1_at_6"}, {"series2", "series2_at_4"}};
	struct shift_rules rules = shift_defaults(SHIFT_COMPAT);
	struct shift_list list;
	size_t n;

	(void)state;
	if (!json)
		skip();
	for (size_t i = 0; i < 2; i++) {
		const json_t *want = json_object_get(json_array_get(json, 2), keys[i][1]);
		double *x = vectors_numbers(json_array_get(json, 0), keys[i][0], &n), there,
		       back;

		assert_int_equal(shift_find(&rules, x, n, &list, NULL), 0);
		assert_near(list.points[0].before, vectors_number(want, "mean_before"), 5e-7);
		assert_near(list.points[0].after, vectors_number(want, "mean_after"), 5e-7);
		there = fabs(list.points[0].change);
		back = fabs(1 / (1 + list.points[0].change) - 1);
		assert_near(fmax(there, back), vectors_number(want, "magnitude"), 5e-7);
		shift_list_clear(&list);
		free(x);
	}
	json_decref(json);
}

static double *series_of(const char *name, const json_t *lnt, size_t *ret_count)
{
	char file[128];

	if (strncmp(name, "lnt/", 4) == 0)
		return vectors_numbers(json_object_get(lnt, "series"), name + 4, ret_count);
	snprintf(file, sizeof(file), "stats/%s%s", name, strstr(name, ".csv") ? "" : ".csv");
	return read_values(file, ret_count);
}

static void test_shared_native(void **state)
{
	json_t *json = vectors_load("stats/computed/native_change_points.json"), *row;
	json_t *lnt = vectors_load("stats/lnt/series.json");
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	size_t i;

	(void)state;
	if (!json || !lnt)
		skip();
	json_array_foreach(json_object_get(json, "series"), i, row)
	{
		const char *name = vectors_text(row, "series");
		const json_t *want = json_object_get(row, "change_points");
		struct shift_list list;
		size_t count;
		double *x = series_of(name, lnt, &count);

		assert_true(count > 0);
		for (size_t k = 0; k < count; k++)
			x[k] = log(x[k]);
		assert_int_equal(shift_find(&rules, x, count, &list, NULL), 0);
		if (list.count != json_array_size(want))
			fail_msg("%s: %zu points", name, list.count);
		for (size_t k = 0; k < list.count; k++) {
			const json_t *point = json_array_get(want, k);

			if ((double)list.points[k].index != vectors_number(point, "index"))
				fail_msg("%s: point at %zu", name, list.points[k].index);
			assert_close(list.points[k].p, vectors_number(point, "p_cal"), 0.01);
			assert_near(100 * list.points[k].change,
				vectors_number(point, "percent"), 6e-4);
		}
		shift_list_clear(&list);
		free(x);
	}
	json_decref(lnt);
	json_decref(json);
}

/* Every expected point is met within the tolerance; none elsewhere, but for the noted luck. */
static void check_steps(const json_t *row)
{
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	const json_t *expected = json_object_get(row, "expected");
	double tolerance = vectors_number(row, "tolerance"), *x;
	struct shift_list list;
	size_t n, more = json_object_get(row, "note") ? 1 : 0;

	x = vectors_numbers(row, "series", &n);
	for (size_t i = 0; i < n; i++)
		x[i] = log(x[i]);
	assert_int_equal(shift_find(&rules, x, n, &list, NULL), 0);
	if (list.count < json_array_size(expected) ||
		list.count > json_array_size(expected) + more)
		fail_msg("%s: %zu points", vectors_text(row, "name"), list.count);
	for (size_t i = 0; i < json_array_size(expected); i++)
		assert_near((double)list.points[i].index,
			json_number_value(json_array_get(expected, i)), tolerance);
	shift_list_clear(&list);
	free(x);
}

static void test_shared_mongodb(void **state)
{
	json_t *steps = vectors_load("stats/mongodb/steps.json"), *row;
	json_t *json = vectors_load("stats/mongodb/long_series.json");
	json_t *want = json_pack("[i, i, i, i]", 205, 395, 594, 794);
	struct shift_rules rules = shift_defaults(SHIFT_COMPAT);
	size_t i, n;
	double *x;

	(void)state;
	if (!steps || !json)
		skip();
	json_array_foreach(json_object_get(steps, "cases"), i, row)
	{
		check_steps(row);
	}
	x = vectors_numbers(json, "series", &n);
	assert_int_equal(n, 1000);
	assert_indexes("long_series", &rules, x, n, want);
	free(x);
	json_decref(want);
	json_decref(steps);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_tigerbeetle),
		cmocka_unit_test(test_shared_otava),
		cmocka_unit_test(test_shared_otava_means),
		cmocka_unit_test(test_shared_native),
		cmocka_unit_test(test_shared_mongodb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
