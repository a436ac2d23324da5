/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/summary.h"

#include "support.h"

static void test_sums(void **state)
{
	const double x[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};

	(void)state;
	assert_near(summary_mean(x, 4), 1e9 + 10, 0);
	assert_near(summary_squares(x, 4), 90, 0);
	assert_near(summary_variance(x, 4), 30, 0);
	assert_near(summary_variance(x, 1), 0, 0);
	assert_near(summary_mean(x, 0), 0, 0);
}

static void test_median(void **state)
{
	double odd[] = {3, -1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};
	double many[101];

	(void)state;
	for (int i = 0; i < 101; i++)
		many[i] = (i * 37) % 101;
	assert_near(summary_median(odd, 3), 2, 0);
	assert_near(summary_median(even, 4), 2.5, 0);
	assert_near(summary_median(one, 1), 7, 0);
	assert_near(summary_median(many, 101), 50, 0);
	assert_near(summary_median(odd, 0), 0, 0);
}

static const struct {
	const char *name;
	double logs[5];
	size_t good, wanted;
	bool has;
	double value;
} boots[] = {
	{"one outlier process among three does not move the boot value", {1, 9, 1.5}, 3, 3,
		true, 1.5},
	{"two processes are averaged", {1, 2}, 2, 2, true, 1.5},
	{"two good processes of three are averaged", {1, 2}, 2, 3, true, 1.5},
	{"one good process of three is too few", {1}, 1, 3, false, 0},
	{"one good process of two is half and enough", {1}, 1, 2, true, 1},
	{"no good process gives no value", {0}, 0, 1, false, 0},
	{"three good processes of five are enough", {5, 1, 3}, 3, 5, true, 3},
};

static void test_boot_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(boots) / sizeof(boots[0]); i++) {
		double logs[5], value = 0;
		bool has;

		memcpy(logs, boots[i].logs, sizeof(logs));
		has = summary_boot_value(logs, boots[i].good, boots[i].wanted, &value);
		if (has != boots[i].has || fabs(value - boots[i].value) > 1e-15)
			fail_msg("%s: got %d, %g", boots[i].name, has, value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_boot_value),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
