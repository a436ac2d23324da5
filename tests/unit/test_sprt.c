/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/sprt.h"

#include "base/prng.h"
#include "vectors.h"

/* Old level 0, change 0.05, sd 0.01: a step at either level is +-12.5, at the middle 0. */
static const struct {
	const char *name;
	double d, sd;
	double boots[9];
	int count;
	enum sprt_answer want;
	int want_boots;
} rows[] = {
	{"one boot at the new level tells a change of five sd", 0.05, 0.01, {0.05}, 1, SPRT_HAS,
		1},
	{"one boot at the old level does too", 0.05, 0.01, {0}, 1, SPRT_HAS_NOT, 1},
	{"a speedup is found the same way", -0.05, 0.01, {-0.05}, 1, SPRT_HAS, 1},
	{"a change of two sd takes three boots", 0.02, 0.01, {0.02, 0.02, 0.02}, 3, SPRT_HAS,
		3},
	{"boots in the middle cannot tell", 0.02, 0.01,
		{0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01}, 8, SPRT_UNCLEAR, 8},
	{"after the answer boots no longer count", 0.05, 0.01, {0.05, 0, 0, 0}, 4, SPRT_HAS, 1},
	{"a boot without a value does not count", 0.05, 0.01, {NAN, INFINITY, 0}, 3,
		SPRT_HAS_NOT, 1},
	{"boots that contradict each other cancel", 0.02, 0.01, {0.02, 0}, 2, SPRT_MORE, 2},
	{"an absurd value still gives an answer", 0.02, 0.01, {1e300}, 1, SPRT_HAS, 1},
	{"no boot, no answer", 0.02, 0.01, {0}, 0, SPRT_MORE, 0},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = ERR_INIT;
		struct sprt sprt;

		assert_int_equal(sprt_init(&sprt, 0, rows[i].d, rows[i].sd, &err), 0);
		for (int k = 0; k < rows[i].count; k++)
			sprt_add(&sprt, rows[i].boots[k]);
		if (sprt_answer(&sprt) != rows[i].want || sprt.boots != rows[i].want_boots)
			fail_msg("%s: answer %d after %d boots", rows[i].name,
				sprt_answer(&sprt), sprt.boots);
		assert_false(isnan(sprt.sum));
	}
}

static void test_control_boots_move_both_levels(void **state)
{
	struct sprt sprt;

	(void)state;
	assert_int_equal(sprt_init(&sprt, 0, 0.01, 0.01, NULL), 0);
	for (int i = 0; i < 4; i++) {
		assert_false(sprt_wants_control(&sprt));
		assert_int_equal(sprt_add(&sprt, 0.0055), SPRT_MORE);
	}
	assert_true(sprt_wants_control(&sprt));
	/* the host is 3 % slower now than in the confirm */
	sprt_control(&sprt, 0.03 - 0.001, 0.04 + 0.001);
	assert_near(sprt.level_old, 0.03, 1e-15);
	assert_near(sprt.level_new, 0.04, 1e-15);
	assert_false(sprt_wants_control(&sprt));
	assert_near(sprt.sum, 0.2, 1e-12);
	sprt_add(&sprt, 0.03);
	assert_near(sprt.sum, -0.3, 1e-12);
	/* a control boot that failed moves nothing, and is not asked for again at once */
	sprt_control(&sprt, NAN, 0.04);
	assert_near(sprt.level_old, 0.03, 1e-15);
}

static void test_bad_input(void **state)
{
	static const double bad[][3] = {{0, 0, 0.01}, {0, 0.05, 0}, {0, 0.05, -1},
		{NAN, 0.05, 0.01}, {0, INFINITY, 0.01}, {0, 0.05, NAN}, {0, 0.05, INFINITY},
		{0, 1e300, 1e-9}, {-1.7e308, 1.7e308, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sprt sprt = {.boots = 77};
		struct err err = ERR_INIT;

		assert_true(sprt_init(&sprt, bad[i][0], bad[i][1], bad[i][2], &err) < 0);
		assert_true(err.text[0] != '\0');
		assert_int_equal(sprt.boots, 77);
	}
}

/* Errors are at most 1 % by Wald's bounds, and boots about 9.2 / (d/sd)^2 plus the overshoot.
 */
static void test_error_rate_and_cost(void **state)
{
	struct prng prng;
	int wrong = 0, boots = 0, unclear = 0;

	(void)state;
	prng_init(&prng, 11);
	for (int run = 0; run < 20000; run++) {
		bool has = run % 2;
		struct sprt sprt;

		assert_int_equal(sprt_init(&sprt, 0, 0.02, 0.01, NULL), 0);
		while (sprt_answer(&sprt) == SPRT_MORE)
			sprt_add(&sprt, (has ? 0.02 : 0) + 0.01 * prng_normal(&prng));
		wrong += sprt_answer(&sprt) == (has ? SPRT_HAS_NOT : SPRT_HAS);
		unclear += sprt_answer(&sprt) == SPRT_UNCLEAR;
		boots += sprt.boots;
	}
	assert_true(wrong < 200);
	assert_true(unclear < 400);
	assert_near(boots / 20000.0, 3, 0.4);
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/sprt.json");
	struct sprt sprt, all;
	double *values, *sums;
	size_t n, m;
	int stops = 0;

	(void)state;
	if (!json)
		skip();
	values = vectors_numbers(json, "values_s", &n);
	sums = vectors_numbers(json, "cumulative", &m);
	assert_int_equal(
		sprt_init(&sprt, vectors_number(json, "mu_old"), vectors_number(json, "mu_new"),
			vectors_number(json, "s"), NULL),
		0);
	assert_close(sprt.bound, vectors_number(json, "bound"), 1e-12);
	all = sprt;
	all.bound = INFINITY;
	for (size_t i = 0; i < n; i++) {
		sprt_add(&all, log(values[i]));
		assert_close(all.sum, sums[i], 1e-9);
		if (sprt_add(&sprt, log(values[i])) != SPRT_MORE && !stops)
			stops = (int)i + 1;
	}
	assert_int_equal(stops, (int)vectors_number(json, "stops_after"));
	assert_int_equal(sprt_answer(&sprt), SPRT_HAS);
	free(values);
	free(sums);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_control_boots_move_both_levels),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_error_rate_and_cost),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
