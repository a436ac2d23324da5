/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/moderated.h"

#include "vectors.h"

static const struct {
	const char *name;
	struct spread today, prior;
	double guard_p;
	struct spread want;
	bool guarded;
} rows[] = {
	{"history and today are weighted by their degrees of freedom", {4e-4, 6}, {1e-4, 18},
		0.01, {1.75e-4, 24}, false},
	{"today far above history leaves history out", {1e-2, 6}, {1e-4, 20}, 0.01, {1e-2, 6},
		true},
	{"without a guard history stays", {1e-2, 6}, {1e-4, 20}, 0, {(6e-2 + 20e-4) / 26, 26},
		false},
	{"no history: today alone", {2e-4, 6}, {0, 0}, 0.01, {2e-4, 6}, false},
	{"one boot a side: history alone", {0, 0}, {2e-4, 20}, 0.01, {2e-4, 20}, false},
	{"neither: no variance", {0, 0}, {0, 0}, 0.01, {0, 0}, false},
	{"equal values cannot give a variance of 0", {0, 6}, {0, 20}, 0.01, {1e-8, 26}, false},
	{"a history of 0 is no reason to believe today", {1e-4, 6}, {0, 20}, 0.01, {1e-4, 6},
		true},
};

static void test_variance(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct moderated m =
			moderated_variance(rows[i].today, rows[i].prior, rows[i].guard_p, 1e-4);

		if (fabs(m.spread.variance - rows[i].want.variance) > 1e-16 ||
			m.spread.df != rows[i].want.df || m.guarded != rows[i].guarded)
			fail_msg("%s: %g on %g", rows[i].name, m.spread.variance, m.spread.df);
	}
}

static void test_guard_limit(void **state)
{
	/* F(0.99; 6, 20) = 3.8714268 */
	struct spread prior = {1, 20};

	(void)state;
	assert_false(moderated_variance((struct spread){3.8714, 6}, prior, 0.01, 1e-4).guarded);
	assert_true(moderated_variance((struct spread){3.8715, 6}, prior, 0.01, 1e-4).guarded);
}

static void check_prior(const double *s2, size_t n, double df, double d0, double s0_2)
{
	struct spread *today = calloc(n, sizeof(*today)), prior;

	for (size_t i = 0; i < n; i++)
		today[i] = (struct spread){s2[i], df};
	prior = moderated_prior(today, n, 8);
	if (isinf(d0))
		assert_true(isinf(prior.df) && prior.df > 0);
	else
		assert_close(prior.df, d0, 1e-8);
	assert_close(prior.variance, s0_2, 1e-8);
	free(today);
}

/* The same numbers as R's limma 3.54.1, fitFDist(s2, 2). */
static void test_prior(void **state)
{
	const double s2[] = {8.95127e-06, 4.74592e-05, 5.94984e-05, 1.46225e-05, 5.77606e-05,
		0.000113686, 0.000411336, 2.57108e-06, 5.87346e-05, 5.36124e-05, 1.34557e-05,
		6.65599e-06, 5.1407e-06, 0.000149363, 3.05378e-05, 0.000182031};

	(void)state;
	check_prior(s2, 16, 2, 6.420352299060933, 5.130719122988942e-05);
}

static void test_prior_of_little(void **state)
{
	struct spread few[7], zero[10] = {{0, 4}}, mixed[10];

	(void)state;
	for (int i = 0; i < 7; i++)
		few[i] = (struct spread){1e-4, 4};
	assert_near(moderated_prior(few, 7, 8).df, 0, 0);
	assert_near(moderated_prior(few, 0, 8).df, 0, 0);
	for (int i = 0; i < 10; i++) {
		zero[i] = (struct spread){0, 4};
		mixed[i] = i < 4 ? (struct spread){0, 0} : (struct spread){1e-4, 4};
	}
	assert_near(moderated_prior(zero, 10, 8).df, 0, 0);
	assert_near(moderated_prior(mixed, 10, 8).df, 0, 0);
	assert_true(isinf(moderated_prior(mixed, 10, 6).df));
	mixed[5].variance = 0;
	assert_true(isfinite(moderated_prior(mixed, 10, 6).variance));
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/prior_fit.json");
	const json_t *cases = json_object_get(json, "cases");

	(void)state;
	if (!json)
		skip();
	assert_true(json_array_size(cases) >= 3);
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *c = json_array_get(cases, i);
		bool finite = json_is_number(json_object_get(c, "d0"));
		size_t n;
		double *s2 = vectors_numbers(c, "s2", &n);

		check_prior(s2, n, vectors_number(c, "df"),
			finite ? vectors_number(c, "d0") : INFINITY, vectors_number(c, "s0_2"));
		free(s2);
	}
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variance),
		cmocka_unit_test(test_guard_limit),
		cmocka_unit_test(test_prior),
		cmocka_unit_test(test_prior_of_little),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests_name("moderated", tests, NULL, NULL);
}
