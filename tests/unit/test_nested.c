/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/nested.h"

#include "stats/summary.h"
#include "vectors.h"

/* The three-level example of Kalibera and Jones, as libkalibera's tests have it. */
static void test_three_levels(void **state)
{
	const double x[] = {3, 4, 3, 1.2, 3.1, 3, 0.2, 1, 1.5, 1, 2, 3};
	const size_t counts[] = {3, 2, 2};
	struct nested n;

	(void)state;
	assert_true(nested_components(x, counts, 3, &n));
	assert_near(n.s2[0], 0.72667, 1e-4);
	assert_near(n.t2[0], 0.7266667, 1e-4);
	assert_near(n.t2[1], 0.262777778, 1e-4);
	assert_near(n.t2[2], 0.7747, 1e-4);
}

static void test_two_levels(void **state)
{
	const double x[] = {9, 5, 8, 3, 10, 6, 7, 11, 1, 12, 2, 4};
	const size_t counts[] = {4, 3};
	struct nested n;

	(void)state;
	assert_true(nested_components(x, counts, 2, &n));
	assert_near(n.s2[0], 12.7, 0.05);
	assert_near(n.s2[1], 3.6, 0.05);
	assert_near(n.t2[1], 0.4, 0.05);
}

static void test_negative_component_is_zero(void **state)
{
	const double x[] = {1, 5, 2, 4};
	const size_t counts[] = {2, 2};
	struct nested n;

	(void)state;
	assert_true(nested_components(x, counts, 2, &n));
	assert_near(n.t2[1], 0, 0);
	assert_int_equal(nested_repetitions(35, n.s2[0], n.t2[1]), 8);
}

static void test_bad_shapes(void **state)
{
	const double x[] = {1, 2};
	const size_t one[] = {1}, huge[] = {SIZE_MAX / 2, 4}, fine[] = {2};
	struct nested n;

	(void)state;
	assert_false(nested_components(x, one, 1, &n));
	assert_false(nested_components(x, huge, 2, &n));
	assert_false(nested_components(x, fine, 0, &n));
	assert_false(nested_components(x, fine, NESTED_LEVELS + 1, &n));
}

static const struct {
	const char *name;
	double cost_ratio, own, above;
	int want;
} repetitions[] = {
	{"noise inside the boot as between boots, boots ten times dearer", 10, 1, 1, 4},
	{"cheap boots need few processes", 1, 0.1, 1, 2},
	{"dear boots need many", 1000, 1, 1, 8},
	{"no variance between boots", 10, 1, 0, 8},
	{"no variance at all", 10, 0, 0, 8},
};

static void test_repetitions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(repetitions) / sizeof(repetitions[0]); i++) {
		int got = nested_repetitions(
			repetitions[i].cost_ratio, repetitions[i].own, repetitions[i].above);

		if (got != repetitions[i].want)
			fail_msg("%s: %d", repetitions[i].name, got);
	}
}

static void test_sessions(void **state)
{
	/* Sessions 1, 2 and 9 with 2, 1 and 3 boots, worked by hand. */
	const double x[] = {1, 3, 5, 4, 6, 8};
	const int sessions[] = {1, 1, 2, 9, 9, 9};
	struct nested_sessions s;

	(void)state;
	assert_true(nested_sessions(x, sessions, 6, &s));
	assert_int_equal(s.sessions, 3);
	assert_int_equal(s.boots, 6);
	assert_near(s.mean, 13. / 3, 1e-15);
	assert_near(s.ms_boot, 10. / 3, 1e-15);
	assert_near(s.ms_session, 19.5 / 2, 1e-14);
	assert_near(s.n0, (6 - 14. / 6) / 2, 1e-15);
	assert_near(s.t3_2, (9.75 - 10. / 3) / (11. / 6), 1e-14);
	assert_near(s.inverse_boots, 1.5 + 1. / 3, 1e-15);
}

static void test_few_sessions(void **state)
{
	const double x[] = {1, 3};
	const int same[] = {4, 4}, apart[] = {4, 5};
	struct nested_sessions s;

	(void)state;
	assert_false(nested_sessions(x, same, 0, &s));
	assert_true(nested_sessions(x, same, 2, &s));
	assert_near(s.t3_2, 0, 0);
	assert_near(s.ms_boot, 2, 0);
	assert_true(nested_sessions(x, apart, 2, &s));
	assert_near(s.ms_boot, 0, 0);
	assert_near(s.t3_2, 2, 0);
	assert_true(nested_sessions(x, same, 1, &s));
	assert_near(s.t3_2, 0, 0);
}

static void check_case(const json_t *c)
{
	const json_t *rows = json_object_get(c, "boots_of_process_values_s");
	size_t k = json_array_size(rows), r = 0, n_boots;
	double *boots = vectors_numbers(c, "boot_values_median_of_logs", &n_boots);
	double logs[64], value;
	struct nested n;

	for (size_t i = 0; i < k; i++) {
		double *x = vectors_list(json_array_get(rows, i), &r);

		assert_true((i + 1) * r <= 64);
		for (size_t j = 0; j < r; j++)
			logs[i * r + j] = log(x[j]);
		free(x);
	}
	assert_true(nested_components(logs, (size_t[]){r, k}, 2, &n));
	assert_close(n.s2[0], vectors_number(c, "S1_2"), 1e-9);
	assert_close(n.s2[1], vectors_number(c, "S2_2"), 1e-9);
	assert_close(n.t2[1], vectors_number(c, "T2_2"), 1e-9);
	assert_int_equal(nested_repetitions(
				 vectors_number(c, "cost_boot_over_process"), n.s2[0], n.t2[1]),
		(int)vectors_number(c, "r_star"));
	assert_int_equal(n_boots, k);
	for (size_t i = 0; i < k; i++) {
		assert_true(summary_boot_value(logs + i * r, r, r, &value));
		assert_near(value, boots[i], 1e-12);
	}
	free(boots);
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/nested.json");
	const json_t *cases = json_object_get(json, "cases");

	(void)state;
	if (!json)
		skip();
	assert_true(json_array_size(cases) >= 3);
	for (size_t i = 0; i < json_array_size(cases); i++)
		check_case(json_array_get(cases, i));
	json_decref(json);
}

/* The values of one benchmark of a pyperf file, in order: process by process. */
static size_t read_benchmark(const char *file, const char *benchmark, double *ret, size_t max)
{
	char name[256], path[4096], line[512];
	size_t n = 0, length = strlen(benchmark);
	FILE *in;

	snprintf(name, sizeof(name), "stats/pyperf/%s", file);
	if (!shared_vector(name, path, sizeof(path)))
		return 0;
	in = fopen(path, "re");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in))
		if (line[0] == '"' && !strncmp(line + 1, benchmark, length) &&
			line[length + 1] == '"') {
			assert_true(n < max);
			ret[n++] = log(strtod(strrchr(line, ',') + 1, NULL));
		}
	fclose(in);
	return n;
}

static void test_pyperf(void **state)
{
	json_t *json = vectors_load("stats/pyperf/components_of_log_times.json");
	const json_t *rows = json_object_get(json, "rows");

	(void)state;
	if (!json)
		skip();
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		size_t counts[] = {(size_t)vectors_number(row, "iterations"),
			(size_t)vectors_number(row, "processes")};
		double x[512];
		struct nested n;

		assert_int_equal(read_benchmark(vectors_text(row, "file"),
					 vectors_text(row, "benchmark"), x, 512),
			counts[0] * counts[1]);
		assert_true(nested_components(x, counts, 2, &n));
		assert_close(n.s2[0], vectors_number(row, "S1_2"), 1e-9);
		assert_close(n.s2[1], vectors_number(row, "S2_2"), 1e-9);
		assert_close(n.t2[1], vectors_number(row, "T2_2"), 1e-9);
	}
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_levels),
		cmocka_unit_test(test_two_levels),
		cmocka_unit_test(test_negative_component_is_zero),
		cmocka_unit_test(test_bad_shapes),
		cmocka_unit_test(test_repetitions),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_few_sessions),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_pyperf),
	};

	return cmocka_run_group_tests_name("nested", tests, NULL, NULL);
}
