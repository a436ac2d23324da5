/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/ratio.h"

#include "stats/summary.h"
#include "vectors.h"

static void test_half_width(void **state)
{
	const struct effect e = {0.1, 2, 26};

	(void)state;
	assert_close(ratio_half_width(&e, 0.95), 2 * 2.055529438642871, 1e-12);
	assert_close(ratio_half_width(&e, 0.6), 2 * 0.8556652333281714, 1e-12);
}

static void test_test(void **state)
{
	/* (d - delta) / se = 2.5 on 6 degrees of freedom */
	const struct effect up = {0.045, 0.01, 6}, down = {-0.045, 0.01, 6};
	const struct effect zero = {0, 0.01, 6};
	double p_up, p_down;

	(void)state;
	assert_close(ratio_test(&up, 0.02, &p_up, &p_down), 2 * 0.02326411614208364, 1e-12);
	assert_close(p_up, 0.02326411614208364, 1e-12);
	assert_true(p_down > 0.99);
	assert_close(ratio_test(&down, 0.02, &p_up, &p_down), 2 * 0.02326411614208364, 1e-12);
	assert_close(p_down, 0.02326411614208364, 1e-12);
	assert_near(ratio_test(&zero, 0.02, &p_up, &p_down), 1, 0);
}

static void test_within(void **state)
{
	/* t(0.95, 14) = 1.7613: the interval reaches 0.0176 */
	const struct effect e = {0, 0.01, 14}, shifted = {0.003, 0.01, 14};

	(void)state;
	assert_true(ratio_is_within(&e, 0.0177));
	assert_false(ratio_is_within(&e, 0.0176));
	assert_false(ratio_is_within(&shifted, 0.0205));
	assert_true(ratio_is_within(&shifted, 0.0207));
}

static void test_detectable(void **state)
{
	const struct effect e = {0, 0.01, 26};

	(void)state;
	assert_near(ratio_detectable(&e, 0.02, 0.05, 0.8),
		0.02 + 0.01 * (2.055529438642871 + 0.8556652333281714), 1e-13);
}

static void test_change(void **state)
{
	(void)state;
	assert_near(ratio_change(log(1.25)), 0.25, 1e-15);
	assert_near(ratio_change(-1e9), -1, 0);
	assert_true(isfinite(ratio_change(1e9)));
}

/* The interval of a mean, as Go's benchmath has it. */
static void test_shared_mean(void **state)
{
	json_t *json = vectors_load("stats/go/stats_vectors.json");
	const json_t *row = json_object_get(json, "mean_ci_95");
	size_t n;
	double *x, half;
	struct effect e;

	(void)state;
	if (!json)
		skip();
	x = vectors_numbers(row, "x", &n);
	e = (struct effect){
		summary_mean(x, n), sqrt(summary_variance(x, n) / (double)n), (double)(n - 1)};
	half = ratio_half_width(&e, 0.95);
	assert_close(e.d - half, vectors_number(row, "lo"), 1e-12);
	assert_close(e.d + half, vectors_number(row, "hi"), 1e-12);
	free(x);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_width),
		cmocka_unit_test(test_test),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_detectable),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_shared_mean),
	};

	return cmocka_run_group_tests_name("ratio", tests, NULL, NULL);
}
