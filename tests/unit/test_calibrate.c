/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/calibrate.h"

#include "base/prng.h"
#include "math/divergence.h"
#include "math/special.h"
#include "vectors.h"

static const struct {
	const char *name;
	size_t points;
	double p, want;
} rows[] = {
	{"a quantile of the table is itself", 50, 0.000588, 0.01},
	{"the smallest window has nothing to choose", 6, 0.009863, 0.01},
	{"sizes in between take the next larger", 16, 0.00101, 0.01},
	{"longer windows take the last row", 120, 0.000588, 0.01},
	{"shorter windows take the first", 2, 0.009863, 0.01},
	{"beyond the table the last line goes on", 50, 3.284e-6 * (3.284e-6 / 6.702e-6), 5e-5},
	{"above 10 % it is linear up to 1", 50, (1 + 0.01029) / 2, 0.55},
	{"p 0 stays 0", 20, 0, 0},
	{"p 1 stays 1", 20, 1, 1},
	{"what is not a probability is 1", 20, NAN, 1},
	{"nor is this", 20, INFINITY, 1},
	{"below 0 there is 0", 20, -1, 0},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!(fabs(calibrate_split(rows[i].points, rows[i].p) - rows[i].want) <=
			    1e-12 * rows[i].want))
			fail_msg("%s: %.17g", rows[i].name,
				calibrate_split(rows[i].points, rows[i].p));
}

static void test_it_rises_with_p_and_only_ever_weakens(void **state)
{
	(void)state;
	for (size_t points = 0; points < 70; points++) {
		double last = 0;

		for (double p = 1e-300; p < 1; p *= 1.37) {
			double now = calibrate_split(points, p);

			/* with one place to split at the table is the identity, but for its
			 * noise */
			assert_true(
				now > last && now <= 1 && now >= p * (points > 6 ? 1 : 0.99));
			last = now;
		}
	}
}

/* P(p_cal <= 0.01) in pure noise, by the very split that the change points use. */
static double share_below(size_t points, double level, int windows, struct prng *prng)
{
	double x[CALIBRATE_POINTS_MAX], work[DIVERGENCE_WORK(CALIBRATE_POINTS_MAX)], q;
	int below = 0;

	for (int w = 0; w < windows; w++) {
		double mean[2] = {0, 0}, squares = 0, t;
		size_t tau = 0;

		for (size_t i = 0; i < points; i++)
			x[i] = prng_normal(prng);
		assert_true(divergence_split(x, points, 3, work, &tau, &q));
		for (size_t i = 0; i < points; i++)
			mean[i >= tau] += x[i] / (double)(i < tau ? tau : points - tau);
		for (size_t i = 0; i < points; i++)
			squares += pow(x[i] - mean[i >= tau], 2);
		t = fabs(mean[0] - mean[1]) /
		    sqrt(squares / (double)(points - 2) *
			    (1 / (double)tau + 1 / (double)(points - tau)));
		below += calibrate_split(points, 2 * special_t_tail(t, (double)points - 2)) <=
			 level;
	}
	return below / (double)windows;
}

static void test_one_percent_is_one_percent(void **state)
{
	static const size_t sizes[] = {6, 9, 15, 30, 50};
	struct prng prng;

	(void)state;
	prng_init(&prng, 20260401);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double share = share_below(sizes[i], 0.01, 20000, &prng);

		if (!(share >= 0.008 && share <= 0.012))
			fail_msg("%zu points: %g of the windows", sizes[i], share);
	}
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/null_calibration.json"), *row;
	double *levels, *nominal;
	size_t i, n, m;

	(void)state;
	if (!json)
		skip();
	json_array_foreach(json_object_get(json, "p_cal_examples"), i, row)
	{
		assert_close(calibrate_split((size_t)vectors_number(row, "L"),
				     vectors_number(row, "p")),
			vectors_number(row, "p_cal"), 1e-9);
	}
	levels = vectors_numbers(json, "quantiles", &n);
	json_array_foreach(json_object_get(json, "min_segment_3"), i, row)
	{
		nominal = vectors_numbers(row, "nominal_p", &m);
		assert_int_equal(n, m);
		for (size_t k = 0; k < n; k++)
			assert_close(
				calibrate_split((size_t)vectors_number(row, "N"), nominal[k]),
				levels[k], 1e-12);
		free(nominal);
	}
	free(levels);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_it_rises_with_p_and_only_ever_weakens),
		cmocka_unit_test(test_one_percent_is_one_percent),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
