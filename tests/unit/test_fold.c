/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/fold.h"

#include "support.h"

/* exp(1) and exp(3), so that a mean of logs is 2. */
#define E1 2.718281828459045
#define E3 20.085536923187668

static void test_levels(void **state)
{
	/* Cell 0: A has boot 5 (processes of logs 2, 3, 1) before boot 4; B one boot. */
	struct fold_row rows[] = {
		{0, 'B', 1, 1, 0, E1},
		{0, 'A', 1, 5, 0, E1},
		{0, 'A', 1, 4, 0, E1},
		{0, 'A', 1, 5, 0, E3},
		{0, 'A', 1, 5, 1, E3},
		{0, 'A', 1, 5, 2, E1},
		{2, 'A', 3, 0, 0, E3},
		{2, 'A', 2, 9, 0, E1},
	};
	struct fold f;

	(void)state;
	fold_rows(rows, 8, 3, &f);
	assert_int_equal(f.cells, 3);
	assert_int_equal(f.samples[0].base_count, 2);
	assert_near(f.samples[0].base[0], 1, 1e-15);
	assert_near(f.samples[0].base[1], 2, 1e-15);
	assert_int_equal(f.samples[0].fresh_count, 1);
	assert_near(f.samples[0].fresh[0], 1, 1e-15);
	assert_int_equal(f.samples[1].base_count + f.samples[1].fresh_count, 0);
	assert_int_equal(f.samples[2].base_count, 2);
	assert_int_equal(f.samples[2].base_sessions[0], 2);
	assert_near(f.samples[2].base[1], 3, 1e-15);
	assert_int_equal(f.lost, 0);
	fold_clear(&f);
}

static const struct {
	const char *name;
	double values[3]; /* one iteration of each of three processes */
	size_t count;
	double value;
} rows[] = {
	{"an outlier process does not move the boot", {E1, 1e6, E1}, 1, 1},
	{"one failed process leaves the mean of two", {E1, 0, E3}, 1, 2},
	{"two failed ones leave no value", {E1, -1, 0}, 0, 0},
	{"NaN is a failed process", {NAN, E1, E1}, 1, 1},
	{"so is infinity", {INFINITY, E1, E1}, 1, 1},
};

static void test_failed_processes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fold_row raw[3];
		struct fold f;

		for (size_t k = 0; k < 3; k++)
			raw[k] = (struct fold_row){0, 'A', 0, 0, k, rows[i].values[k]};
		fold_rows(raw, 3, 1, &f);
		if (f.samples[0].base_count != rows[i].count || f.lost != 1 - rows[i].count ||
			(rows[i].count && fabs(f.samples[0].base[0] - rows[i].value) > 1e-14))
			fail_msg("%s", rows[i].name);
		fold_clear(&f);
	}
}

static void test_nothing(void **state)
{
	struct fold f;

	(void)state;
	fold_rows(NULL, 0, 0, &f);
	assert_int_equal(f.cells, 0);
	fold_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_failed_processes),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
