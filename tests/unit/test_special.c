/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/special.h"

#include "vectors.h"

/*
 * Reference values: computed with mpmath 1.3 at 60 digits from the
 * definitions (the incomplete beta function as an integral over the logit).
 * The arguments are the doubles that the decimals here read back to.
 */

/* t, df, P(T >= t) */
static const double t_rows[][3] = {
	{40, 2999, 4.50623941610117630062e-281},
	{20, 6001, 1.68337940888842073754e-86},
	{8, 1000000, 6.22753171660125980476e-16},
	{8, 300, 1.36750769507692107806e-14},
	{5, 6001, 2.94794913691562434060e-7},
	{5, 100, 1.22508670675190021149e-6},
	{3.3, 100, 6.70309760980047586382e-4},
	{3.3, 14, 2.63114276320107761823e-3},
	{2.5, 6001, 6.22290602025033254107e-3},
	{20, 1, 1.59022512561763751816e-2},
	{1.96, 100, 2.63894506831148330216e-2},
	{5, 1, 6.28329581890011838137e-2},
	{3.3, 1, 9.36577709318793316097e-2},
	{1.3, 1000, 9.69502642077286477545e-2},
	{1, 300, 1.59058202215313138461e-1},
	{1, 9.25, 1.71375282913390703218e-1},
	{0.5, 1000000000, 3.08537538780997103660e-1},
	{0.5, 100, 3.09086782915443285992e-1},
	{0.1, 40.5, 4.60418853213750588572e-1},
	{0.1, 1.5, 4.66020726743481309531e-1},
	{1e-06, 6001, 4.99999601074339077418e-1},
	{1e-06, 0.5, 4.99999730323699405945e-1},
};

/* f, a, b, P(F >= f) */
static const double f_rows[][4] = {
	{2, 100000, 7000, 1.77127721229735904411e-283},
	{10, 33.3, 1000000, 4.08755067796702358147e-51},
	{60, 6, 12, 2.98291327768348355212e-8},
	{10, 100000, 12, 3.88654675016707175147e-5},
	{10, 1, 1000000, 1.56544901041678715261e-3},
	{10, 0.5, 1000000, 9.21384100301813026823e-3},
	{60, 0.5, 1, 6.90598084126835132237e-2},
	{10, 33.3, 2, 9.48919016394054509218e-2},
	{2, 2, 77.7, 1.42242600695632109374e-1},
	{2, 5999, 5, 2.23520609041242214581e-1},
	{0.9, 0.5, 77.7, 2.74222537355323948022e-1},
	{0.9, 1, 1000000, 3.42781940404752668400e-1},
	{1.2, 2, 5, 3.75271610905216613004e-1},
	{2, 5999, 2, 3.93444066245853918350e-1},
	{0.9, 6, 77.7, 4.99383522817755523840e-1},
	{1.2, 6, 2, 5.20670666557080639496e-1},
	{0.3, 1, 20, 5.89943527625748715968e-1},
	{1.2, 33.3, 1, 6.32127410384786364832e-1},
	{0.9, 200, 1000, 8.22691670841244626136e-1},
	{0.3, 200, 1, 9.30619553149118397718e-1},
	{0.01, 2, 7000, 9.90049847892710267878e-1},
	{0.3, 100000, 20, 9.99999364651984569232e-1},
};

/* x, a, b, I_x(a,b) */
static const double beta_rows[][4] = {
	{0.5, 900, 0.5, 3.14428364400264283970e-273},
	{0.01, 100, 11.2, 6.77224102657818094950e-187},
	{1e-06, 13, 11.2, 1.34259045395851235657e-72},
	{0.01, 27.5, 11.2, 4.75291927037324752880e-47},
	{0.1, 27.5, 0.5, 3.56304124683438422521e-29},
	{0.01, 13, 2.7, 5.89709470005349319577e-25},
	{0.5, 27.5, 1, 5.26835606386175397337e-9},
	{0.01, 3, 1, 1.00000000000000006245e-6},
	{0.999, 10000, 1, 4.51733459770482445139e-5},
	{1e-06, 1, 5000, 4.98752329485053964996e-3},
	{0.01, 0.5, 0.5, 6.37685608585198485827e-2},
	{0.9, 13, 1, 2.54186582832900081525e-1},
	{0.01, 0.5, 11.2, 3.61084904779443382332e-1},
	{0.5, 0.5, 0.5, 5.0e-1},
	{0.999, 13, 0.5, 8.73083836603950131573e-1},
	{0.9, 0.5, 1, 9.48683298050513811302e-1},
	{0.9, 0.5, 2.7, 9.99320358628179431435e-1},
	{0.25, 13, 100, 9.99871951612851102633e-1},
};

/* z, P(Z >= z) */
static const double normal_rows[][2] = {
	{-8, 9.99999999999999377903e-1},
	{-3, 9.98650101968369905473e-1},
	{-1, 8.41344746068542948585e-1},
	{-0.1, 5.39827837277028983668e-1},
	{0, 5.0e-1},
	{1e-05, 4.99996010577196052163e-1},
	{0.3, 3.82088577811047366927e-1},
	{1, 1.58655253931457051414e-1},
	{1.96, 2.49978951482204362128e-2},
	{3, 1.34989803163009452665e-3},
	{5, 2.86651571879193911673e-7},
	{8, 6.22096057427178412351e-16},
	{15, 3.67096619931275088578e-51},
	{25, 3.05669670638256091640e-138},
	{37, 5.72557122252457682268e-300},
};

/* x, psi(x) */
static const double digamma_rows[][2] = {
	{1e-06, -1.0000005772140200139e6},
	{0.01, -1.0056088545786867241e2},
	{0.3, -3.5025242222001331249},
	{0.5, -1.9635100260214234794},
	{1, -5.7721566490153286060e-1},
	{1.3, -1.6919088886679960526e-1},
	{1.5, 3.64899739785765205590e-2},
	{2, 4.22784335098467139393e-1},
	{6, 1.70611766843180047272},
	{10.5, 2.30300103429768637527},
	{11.999, 2.44257477432911924893},
	{12, 2.44266167997581201673},
	{40, 3.67632737403484312591},
	{1000, 6.90725519564881205205},
	{100000000, 1.84206807389523654638e1},
};

/* x, psi1(x) */
static const double trigamma_rows[][2] = {
	{1e-06, 1.00000000000164502216e12},
	{0.01, 1.00016212135283128037e4},
	{0.3, 1.22453645461077313011e1},
	{0.5, 4.93480220054467930941},
	{1, 1.64493406684822643647},
	{1.3, 1.13425343499661930114},
	{1.5, 9.34802200544679309417e-1},
	{2, 6.44934066848226436472e-1},
	{6, 1.81322955737115325361e-1},
	{10.5, 9.99169560591267332039e-2},
	{11.999, 8.69094207322408242816e-2},
	{12, 8.69018728717683907503e-2},
	{40, 2.53151038412910281575e-2},
	{1000, 1.00050016666663333335e-3},
	{100000000, 1.00000000500000001666e-8},
};
#define RELATIVE 1e-12
#define ROWS(a)	 (sizeof(a) / sizeof((a)[0]))

static void test_t(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(t_rows); i++) {
		const double *r = t_rows[i];

		assert_close(special_t_tail(r[0], r[1]), r[2], RELATIVE);
		assert_close(special_t_tail(-r[0], r[1]), 1 - r[2], RELATIVE);
		if (r[2] < 0.499)
			assert_close(-special_t_quantile(r[2], r[1]), r[0], RELATIVE);
	}
}

static void test_f(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(f_rows); i++) {
		const double *r = f_rows[i];

		assert_close(special_f_tail(r[0], r[1], r[2]), r[3], RELATIVE);
		if (r[3] < 0.9) /* the same quantile from the other tail */
			assert_close(1 / special_f_quantile(r[3], r[2], r[1]), r[0], RELATIVE);
	}
}

static void test_beta(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(beta_rows); i++) {
		const double *r = beta_rows[i];

		assert_close(special_beta(r[0], r[1], r[2]), r[3], RELATIVE);
	}
}

static void test_normal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(normal_rows); i++) {
		const double *r = normal_rows[i];

		assert_close(special_normal_tail(r[0]), r[1], RELATIVE);
		if (r[1] < 0.499)
			assert_close(-special_normal_quantile(r[1]), r[0], RELATIVE);
	}
	assert_near(special_normal_quantile(0.5), 0, 0);
	assert_close(special_normal_quantile(0.975), 1.95996398454005423552, RELATIVE);
	assert_close(special_normal_quantile(0.5 + 0x1p-40), 2.27976513509111146e-12, RELATIVE);
}

static void test_gamma(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(digamma_rows); i++)
		assert_close(special_digamma(digamma_rows[i][0]), digamma_rows[i][1], RELATIVE);
	for (size_t i = 0; i < ROWS(trigamma_rows); i++) {
		const double *r = trigamma_rows[i];

		assert_close(special_trigamma(r[0]), r[1], RELATIVE);
		assert_close(special_trigamma_inverse(r[1]), r[0], RELATIVE);
	}
	assert_near(special_digamma(1.4616321449683623), 0, 1e-15);
	assert_close(special_log_gamma(0.5), 0.57236494292470008707, RELATIVE);
	assert_close(special_log_gamma(100), 359.13420536957539878, RELATIVE);
}

static void test_closed_forms(void **state)
{
	(void)state;
	for (double t = 1e-3; t < 1e9; t *= 7) {
		double two =
			1 / (t * t + 2 + t * sqrt(t * t + 2)); /* 1/2 - t / (2 sqrt(2 + t^2)) */

		assert_close(special_t_tail(t, 1), atan(1 / t) / M_PI, RELATIVE);
		assert_close(special_t_tail(t, 2), two, RELATIVE);
		assert_close(
			special_f_tail(t * t, 1, 7.5), 2 * special_t_tail(t, 7.5), RELATIVE);
		assert_close(special_f_tail(t, 2, 9), pow(1 + 2 * t / 9, -4.5), RELATIVE);
	}
	assert_close(special_t_tail(1e200, 1), 1e-200 / M_PI, RELATIVE);
}

static void test_infinite_degrees_of_freedom_are_the_limit(void **state)
{
	static const double many[] = {1e22, 1e200, 1e300, INFINITY};

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++) {
		for (double z = 0.01; z < 37; z *= 1.7)
			assert_close(
				special_t_tail(z, many[i]), special_normal_tail(z), RELATIVE);
		/* chi-squared with 4 degrees of freedom: P(X >= x) = e^(-x/2) (1 + x/2) */
		for (double f = 0.1; f < 300; f *= 3)
			assert_close(special_f_tail(f, 4, many[i]), exp(-2 * f) * (1 + 2 * f),
				RELATIVE);
		assert_close(
			special_t_quantile(0.975, many[i]), 1.95996398454005423552, RELATIVE);
		assert_close(special_f_quantile(0.99, many[i], many[i]), 1, 1e-6);
	}
	assert_near(special_f_tail(0.999, INFINITY, INFINITY), 1, 0);
	assert_near(special_f_tail(1.001, INFINITY, INFINITY), 0, 0);
}

static void test_quantiles_invert_tails(void **state)
{
	static const double df[] = {0.3, 1, 2.5, 6, 26, 333.3, 4e3, 1e7};
	static const double tails[] = {1e-300, 1e-40, 1e-9, 0.003, 0.1, 0.3, 0.45};

	(void)state;
	for (size_t i = 0; i < ROWS(df); i++) {
		for (size_t k = 0; k < ROWS(tails); k++) {
			double t = -special_t_quantile(tails[k], df[i]);

			if (isfinite(t))
				assert_close(special_t_tail(t, df[i]), tails[k], 1e-11);
			for (size_t j = 0; j < ROWS(df); j++) {
				double f = 1 / special_f_quantile(tails[k], df[j], df[i]);

				if (isfinite(f))
					assert_close(special_f_tail(f, df[i], df[j]), tails[k],
						1e-11);
			}
		}
	}
}

static void test_tails_fall_and_are_continuous(void **state)
{
	(void)state;
	/* at the very switch from a tail to its complement, where both sides may round up */
	for (double a = 0.5; a < 40; a += 0.5)
		for (double b = 0.5; b < 40; b += 0.5)
			for (int ulp = -3; ulp <= 3; ulp++)
				assert_near(special_beta(
						    (a + 1) / (a + b + 2) * (1 + ulp * 0x1p-52),
						    a, b) +
						    special_beta((b + 1) / (a + b + 2), b, a),
					1, 1e-13);
	/* across every switch of method: fraction to integral, tail to complement */
	for (double df = 5900; df < 6100; df += 20)
		for (double t = 0.05; t < 6; t += 0.05)
			assert_true(special_t_tail(t, df) < special_t_tail(t - 0.05, df) &&
				    special_t_tail(t, df) <
					    special_t_tail(t, df - 20) * (1 + 1e-13));
}

#define BIG 1.7e308

static void test_outside_of_the_domain(void **state)
{
	(void)state;
	assert_true(isnan(special_t_tail(NAN, 5)) && isnan(special_t_tail(1, NAN)));
	assert_true(isnan(special_t_tail(1, 0)) && isnan(special_t_tail(1, -3)));
	assert_true(isnan(special_t_quantile(-0.1, 5)) && isnan(special_t_quantile(1.1, 5)));
	assert_true(isnan(special_t_quantile(NAN, 5)) && isnan(special_t_quantile(0.5, 0)));
	assert_true(isnan(special_f_tail(NAN, 1, 1)) && isnan(special_f_tail(1, 0, 1)));
	assert_true(isnan(special_f_tail(1, 1, NAN)) && isnan(special_f_quantile(NAN, 1, 1)));
	assert_true(
		isnan(special_f_quantile(2, 1, 1)) && isnan(special_f_quantile(0.5, 1, -1)));
	assert_true(isnan(special_normal_tail(NAN)) && isnan(special_normal_quantile(NAN)));
	assert_true(isnan(special_normal_quantile(-1)) && isnan(special_normal_quantile(2)));
	assert_true(isnan(special_digamma(0)) && isnan(special_digamma(-1.5)));
	assert_true(isnan(special_trigamma(0)) && isnan(special_trigamma(NAN)));
	assert_true(
		isnan(special_trigamma_inverse(-1)) && isnan(special_trigamma_inverse(NAN)));
	assert_true(isnan(special_beta(-0.1, 1, 1)) && isnan(special_beta(1.1, 1, 1)));
	assert_true(isnan(special_beta(0.5, 0, 1)) && isnan(special_beta(0.5, 1, NAN)));
}

static void test_ends_of_the_domain(void **state)
{
	(void)state;
	assert_near(special_t_tail(INFINITY, 3), 0, 0);
	assert_near(special_t_tail(-INFINITY, 3), 1, 0);
	assert_near(special_t_tail(0, INFINITY), 0.5, 0);
	assert_true(
		special_t_quantile(1, 3) == INFINITY && special_t_quantile(0, 3) == -INFINITY);
	assert_near(special_t_quantile(0.5, 0.1), 0, 0);
	assert_near(special_f_tail(0, 2, 2), 1, 0);
	assert_near(special_f_tail(-1, 2, 2), 1, 0);
	assert_near(special_f_tail(INFINITY, 2, 2), 0, 0);
	assert_true(
		special_f_quantile(0, 2, 2) == 0 && special_f_quantile(1, 2, 2) == INFINITY);
	assert_near(special_beta(0, 1, 2), 0, 0);
	assert_near(special_beta(1, 1, 2), 1, 0);
	assert_true(special_normal_quantile(0) == -INFINITY);
	assert_true(special_normal_quantile(1) == INFINITY);
	assert_true(special_trigamma_inverse(0) == INFINITY);
	assert_true(special_trigamma_inverse(INFINITY) == 0);
	/* nothing inside of the domain gives NaN, however absurd */
	for (double df = 5e-324; df < BIG; df *= 1e9) {
		for (double x = 5e-324; x < BIG; x *= 1e12) {
			assert_true(special_t_tail(x, df) <= 0.5);
			assert_true(
				special_f_tail(x, df, 3) <= 1 && special_f_tail(x, 3, df) <= 1);
			assert_true(x > 1 || special_t_quantile(x, df) <= INFINITY);
			assert_true(x > 1 || special_f_quantile(x, df, 3) >= 0);
			assert_true(x > 1 || special_f_quantile(x, 3, df) >= 0);
			assert_true(x > 1 || special_beta(x, df, df) <= 1);
		}
		assert_true(special_trigamma_inverse(df) >= 0 && special_trigamma(df) > 0);
		assert_true(!isnan(special_digamma(df)));
	}
}

/* ---- the shared vectors ---- */

static double number(const json_t *row, const char *key)
{
	return vectors_number(row, key);
}

static void test_shared_special_functions(void **state)
{
	json_t *json = vectors_load("stats/computed/special_functions.json"), *r;
	size_t i;

	(void)state;
	if (!json)
		skip();
	/* SciPy's t quantiles are good to some 1e-9 only: t_(0.975, 6) is 2.44691185114497 */
	json_array_foreach(json_object_get(json, "t_quantile"), i, r)
	{
		assert_close(special_t_quantile(number(r, "p"), number(r, "df")),
			number(r, "t"), 1e-8);
		assert_close(special_t_tail(number(r, "t"), number(r, "df")),
			1 - number(r, "p"), 2e-8);
	}
	json_array_foreach(json_object_get(json, "t_upper_tail"), i, r)
	{
		assert_close(
			special_t_tail(number(r, "t"), number(r, "df")), number(r, "p"), 1e-12);
	}
	json_array_foreach(json_object_get(json, "F_quantile"), i, r)
	{
		assert_close(
			special_f_quantile(number(r, "p"), number(r, "df1"), number(r, "df2")),
			number(r, "F"), 1e-12);
	}
	json_array_foreach(json_object_get(json, "betainc"), i, r)
	{
		assert_close(special_beta(number(r, "x"), number(r, "a"), number(r, "b")),
			number(r, "I"), 1e-12);
	}
	json_array_foreach(json_object_get(json, "digamma"), i, r)
	{
		assert_close(special_digamma(number(r, "x")), number(r, "psi"), 1e-12);
	}
	json_array_foreach(json_object_get(json, "trigamma"), i, r)
	{
		assert_close(special_trigamma(number(r, "x")), number(r, "psi1"), 1e-12);
	}
	json_array_foreach(json_object_get(json, "trigamma_inverse"), i, r)
	{
		assert_close(special_trigamma_inverse(number(r, "y")), number(r, "x"), 1e-12);
	}
	json_decref(json);
}

static double mean(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

static double squares(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean(x, n)) * (x[i] - mean(x, n));
	return sum;
}

static void test_shared_go(void **state)
{
	json_t *json = vectors_load("stats/go/stats_vectors.json"), *pooled, *value;
	double *x, *y, se, t;
	const char *a;
	size_t n, m;

	(void)state;
	if (!json)
		skip();
	json_object_foreach(
		json_object_get(json, "betainc_x_0_5_b_3"), a, value) if (atoi(a) > 0)
		assert_close(special_beta(0.5, atof(a), 3), json_number_value(value), 1e-12);
	pooled = json_object_get(json_object_get(json, "ttest"), "pooled");
	x = vectors_numbers(json_object_get(json, "ttest"), "s1", &n);
	y = vectors_numbers(json_object_get(json, "ttest"), "s2", &m);
	se = sqrt((squares(x, n) + squares(y, m)) / (double)(n + m - 2) *
		  (1 / (double)n + 1 / (double)m));
	t = (mean(x, n) - mean(y, m)) / se;
	assert_close(t, vectors_number(pooled, "t"), 1e-8);
	assert_close(special_t_tail(-t, 6), vectors_number(pooled, "p_less"), 1e-8);
	assert_close(2 * special_t_tail(fabs(t), 6), vectors_number(pooled, "p_two"), 1e-8);
	free(x);
	free(y);
	value = json_object_get(json, "mean_ci_95");
	x = vectors_numbers(value, "x", &n);
	se = special_t_quantile(0.975, (double)n - 1) *
	     sqrt(squares(x, n) / (double)(n * (n - 1)));
	assert_close(mean(x, n) - se, vectors_number(value, "lo"), 1e-8);
	assert_close(mean(x, n) + se, vectors_number(value, "hi"), 1e-8);
	free(x);
	json_decref(json);
}

static void test_shared_welch(void **state)
{
	json_t *json = vectors_load("stats/catapult/vectors.json");
	const json_t *w = json_object_get(json, "welch_from_moments");
	double a, b, n, m;

	(void)state;
	if (!json)
		skip();
	n = vectors_number(w, "n1");
	m = vectors_number(w, "n2");
	a = vectors_number(w, "var1") / n;
	b = vectors_number(w, "var2") / m;
	assert_near((vectors_number(w, "mean1") - vectors_number(w, "mean2")) / sqrt(a + b),
		vectors_number(w, "t"), 1e-8);
	assert_near((a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1)),
		vectors_number(w, "df"), 1e-8);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_t),
		cmocka_unit_test(test_f),
		cmocka_unit_test(test_beta),
		cmocka_unit_test(test_normal),
		cmocka_unit_test(test_gamma),
		cmocka_unit_test(test_closed_forms),
		cmocka_unit_test(test_infinite_degrees_of_freedom_are_the_limit),
		cmocka_unit_test(test_quantiles_invert_tails),
		cmocka_unit_test(test_tails_fall_and_are_continuous),
		cmocka_unit_test(test_outside_of_the_domain),
		cmocka_unit_test(test_ends_of_the_domain),
		cmocka_unit_test(test_shared_special_functions),
		cmocka_unit_test(test_shared_go),
		cmocka_unit_test(test_shared_welch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
