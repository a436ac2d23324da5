/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/divergence.h"

#include "base/prng.h"
#include "vectors.h"

static double mean_distance(const double *x, size_t n, const double *y, size_t m)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			sum += fabs(x[i] - y[j]);
	return sum / (double)(n * m);
}

/* Q of x[0..tau) against x[tau..count), from the definition. */
static double q_of(const double *x, size_t tau, size_t count)
{
	double n = (double)tau, m = (double)(count - tau);
	double q = 2 * n * m / (n + m) * mean_distance(x, tau, x + tau, count - tau);

	if (n > 1)
		q -= m * n * n / ((n + m) * (n - 1)) * mean_distance(x, tau, x, tau);
	if (m > 1)
		q -= n * m * m / ((n + m) * (m - 1)) *
		     mean_distance(x + tau, count - tau, x + tau, count - tau);
	return q;
}

static void test_profile_is_the_definition(void **state)
{
	double x[30], work[DIVERGENCE_WORK(30)], best[31];
	struct prng prng;

	(void)state;
	prng_init(&prng, 9);
	for (size_t i = 0; i < 30; i++)
		x[i] = prng_normal(&prng) + (i > 12);
	for (size_t segment = 1; segment < 6; segment++) {
		divergence_profile(x, 30, segment, work, best);
		for (size_t tau = 0; tau <= 30; tau++) {
			double most = -INFINITY;

			for (size_t kappa = tau + segment; tau >= segment && kappa <= 30;
				kappa++)
				most = fmax(most, q_of(x, tau, kappa));
			if (isinf(most))
				assert_true(isinf(best[tau]));
			else
				assert_near(best[tau], most, 1e-12);
		}
	}
}

/* Q of one tau and kappa from the profile: only one kappa leaves so long a second segment. */
static double profile_q(const double *x, size_t tau, size_t count)
{
	double turned[800], work[DIVERGENCE_WORK(800)], best[801];
	bool turn = tau < count - tau;

	for (size_t i = 0; i < count; i++)
		turned[i] = x[turn ? count - 1 - i : i];
	tau = turn ? count - tau : tau;
	divergence_profile(turned, count, count - tau, work, best);
	return best[tau];
}

static void test_shared_divergence(void **state)
{
	json_t *json = vectors_load("stats/computed/q_small.json"), *row;
	double *x, work[DIVERGENCE_WORK(20)], q;
	size_t i, n, tau;

	(void)state;
	if (!json)
		skip();
	x = vectors_numbers(json, "series", &n);
	json_array_foreach(json_object_get(json, "Q"), i, row)
	{
		assert_near(profile_q(x, (size_t)vectors_number(row, "tau"),
				    (size_t)vectors_number(row, "kappa")),
			vectors_number(row, "Q"), 1e-12);
	}
	assert_true(divergence_split(x, n, 1, work, &tau, &q));
	assert_near(q, vectors_number(json, "argmax"), 1e-12);
	assert_int_equal(tau, 3);
	assert_false(divergence_split(x, 5, 3, work, &tau, &q));
	free(x);
	json_decref(json);
}

static size_t fill(const json_t *row, const char *side, double *to)
{
	char key[16];
	double at, last, step;
	size_t n = 0;

	snprintf(key, sizeof(key), "%s_first", side);
	at = vectors_number(row, key);
	snprintf(key, sizeof(key), "%s_last", side);
	last = vectors_number(row, key);
	snprintf(key, sizeof(key), "%s_step", side);
	step = vectors_number(row, key);
	for (; at <= last; at += step)
		to[n++] = at;
	return n;
}

static void test_shared_energy(void **state)
{
	json_t *json = vectors_load("stats/mongodb/energy.json"), *row;
	size_t i;

	(void)state;
	if (!json)
		skip();
	json_array_foreach(json_object_get(json, "cases"), i, row)
	{
		double x[800], a, b, c, e, n, m;
		size_t tau = fill(row, "x", x), count = tau + fill(row, "y", x + tau);

		n = (double)tau;
		m = (double)(count - tau);
		a = mean_distance(x, tau, x + tau, count - tau);
		b = mean_distance(x, tau, x, tau);
		c = mean_distance(x + tau, count - tau, x + tau, count - tau);
		e = 2 * a - b - c;
		assert_near(e, vectors_number(row, "e"), 1.5e-3);
		assert_near(e * n * m / (n + m), vectors_number(row, "t"), 1.5e-3);
		assert_near(e / (2 * a), vectors_number(row, "h"), 1.5e-3);
		/* ours differs in that the mean of a side's own distances is unbiased */
		assert_close(profile_q(x, tau, count),
			n * m / (n + m) * (2 * a - b * n / (n - 1) - c * m / (m - 1)), 1e-9);
	}
	json_decref(json);
}

static void test_ties_go_to_the_first(void **state)
{
	const double same[] = {4, 4, 4, 4, 4, 4}, steps[] = {0, 1, 0, 1, 0, 1, 0, 1};
	double work[DIVERGENCE_WORK(8)], q;
	size_t tau = 77;

	(void)state;
	assert_true(divergence_split(same, 6, 2, work, &tau, &q));
	assert_int_equal(tau, 2);
	assert_near(q, 0, 0);
	assert_true(divergence_split(steps, 8, 1, work, &tau, &q));
	assert_int_equal(tau, 1);
	assert_false(divergence_split(same, 0, 1, work, &tau, &q));
	assert_true(divergence_is_larger(0, -INFINITY) && divergence_is_larger(1, 0.9));
	assert_false(divergence_is_larger(1 + 1e-13, 1) || divergence_is_larger(-1, -1));
	assert_false(divergence_is_larger(-INFINITY, -INFINITY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile_is_the_definition),
		cmocka_unit_test(test_ties_go_to_the_first),
		cmocka_unit_test(test_shared_divergence),
		cmocka_unit_test(test_shared_energy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
