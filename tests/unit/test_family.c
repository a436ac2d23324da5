/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/family.h"

#include "base/prng.h"
#include "vectors.h"

static const struct {
	const char *name;
	size_t m;
	double p[8];
	bool strict;
	bool want[8];
} rows[] = {
	{"the example of the specification flags the first two", 5,
		{0.001, 0.008, 0.039, 0.041, 0.9}, false, {true, true}},
	{"order does not matter", 6, {0.9, 0.012, 0.011, 0.013, 0.5, 0.04}, false,
		{false, true, true, true, false, false}},
	{"strict flags fewer", 6, {0.9, 0.012, 0.011, 0.013, 0.5, 0.04}, true, {false}},
	{"a whole family on the line is flagged", 5, {0.01, 0.02, 0.03, 0.04, 0.05}, false,
		{true, true, true, true, true}},
	{"nothing is flagged among large p", 3, {0.3, 0.2, 0.06}, false, {false}},
	{"one test alone is not corrected", 1, {0.05}, false, {true}},
	{"cells without data stay at 1", 2, {1, 0.02}, false, {false, true}},
	{"a p of 0 is flagged", 2, {0, 1}, false, {true, false}},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double adjusted[8];
		size_t want = 0;

		family_adjust(rows[i].p, rows[i].m, rows[i].strict, adjusted);
		for (size_t k = 0; k < rows[i].m; k++) {
			if ((adjusted[k] <= 0.05) != rows[i].want[k])
				fail_msg("%s: number %zu is %g", rows[i].name, k, adjusted[k]);
			want += rows[i].want[k];
		}
		assert_int_equal(family_flagged(adjusted, rows[i].m, 0.05), want);
	}
}

static void test_empty(void **state)
{
	double none[1] = {7};

	(void)state;
	family_adjust(none, 0, false, none);
	assert_near(none[0], 7, 0);
	assert_int_equal(family_flagged(none, 0, 0.05), 0);
}

static void test_flags_grow_with_q_and_strict_is_a_subset(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 7);
	for (int round = 0; round < 200; round++) {
		double p[40], plain[40], strict[40];

		for (int i = 0; i < 40; i++)
			p[i] = pow(prng_uniform(&prng), 3);
		family_adjust(p, 40, false, plain);
		family_adjust(p, 40, true, strict);
		for (int i = 0; i < 40; i++)
			assert_true(plain[i] >= p[i] * (1 - 1e-15) && plain[i] <= 1 &&
				    strict[i] >= plain[i]);
		assert_true(family_flagged(plain, 40, 0.01) <= family_flagged(plain, 40, 0.05));
	}
}

static void test_valid(void **state)
{
	(void)state;
	assert_near(family_valid(1, 0.01, 0.5), 0.02, 0);
	assert_near(family_valid(0.001, 0.01, 0.5), 0.001, 0);
	assert_near(family_valid(1, 0.9, 0.5), 1, 0);
	assert_near(family_valid(1, 0.3, 1), 0.3, 0);
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/families.json");
	const json_t *cases = json_object_get(json, "cases");

	(void)state;
	if (!json)
		skip();
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *c = json_array_get(cases, i);
		double q = vectors_number(c, "q"), plain[64], strict[64];
		size_t m;
		double *p = vectors_numbers(c, "p", &m);

		family_adjust(p, m, false, plain);
		family_adjust(p, m, true, strict);
		for (size_t k = 0; k < m; k++) {
			assert_int_equal(plain[k] <= q,
				json_is_true(
					json_array_get(json_object_get(c, "bh_flags"), k)));
			assert_int_equal(strict[k] <= q,
				json_is_true(
					json_array_get(json_object_get(c, "by_flags"), k)));
		}
		free(p);
	}
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_flags_grow_with_q_and_strict_is_a_subset),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
