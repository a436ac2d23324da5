/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/hostcheck.h"

#include "support.h"

static const double steady[] = {0, 0.001, 0.002, 0, 0.001, 0.001, 0, 0.002};
static const double drifting[] = {0, 0.001, 0.05, 0.051, -0.03, -0.031, 0.02, 0.019};
static const int sessions[] = {1, 1, 2, 2, 3, 3, 4, 4};

static const struct {
	const char *name;
	const double *history;
	size_t history_count;
	double today[2];
	size_t today_count;
	bool judged, moved;
} rows[] = {
	{"the same level", steady, 8, {0.001, 0.002}, 2, true, false},
	{"five percent more", steady, 8, {0.05, 0.051}, 2, true, true},
	{"five percent less, one boot", steady, 8, {-0.05}, 1, true, true},
	{"less than the minimum effect", steady, 8, {0.015, 0.016}, 2, true, false},
	{"five percent in a lab that always drifts", drifting, 8, {0.05, 0.051}, 2, true,
		false},
	{"no value of today", steady, 8, {0}, 0, false, false},
	{"one lab session of history", steady, 2, {0.05}, 1, false, false},
	{"no history", steady, 0, {0.05}, 1, false, false},
};

static void test_moved(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct hostcheck_series s = {rows[i].history, sessions,
			rows[i].history_count, rows[i].today, rows[i].today_count};
		struct hostcheck_moved m = hostcheck_moved(&judging, &s);

		if (m.judged != rows[i].judged || m.moved != rows[i].moved || !isfinite(m.p))
			fail_msg("%s: judged %d, moved %d, p %g", rows[i].name, m.judged,
				m.moved, m.p);
	}
}

static void test_drift(void **state)
{
	const struct judging judging = judging_defaults();
	const double rising[] = {0, 0.01, 0.021, 0.03, 0.039, 0.05, 0.061, 0.07};
	const double flat[] = {0, 0.01, 0, 0.01, 0, 0.01, 0, 0.01};
	const double same[] = {1, 1, 1, 1};

	(void)state;
	assert_true(hostcheck_drift(&judging, rising, 8).moved);
	assert_near(hostcheck_drift(&judging, rising, 8).d, 0.07, 0.001);
	assert_false(hostcheck_drift(&judging, flat, 8).moved);
	assert_false(hostcheck_drift(&judging, same, 4).moved);
	assert_false(hostcheck_drift(&judging, rising, 3).judged);
	assert_false(hostcheck_drift(&judging, rising, 0).judged);
}

static const struct {
	const char *name;
	double base[3], fresh[3];
	size_t base_count, fresh_count;
	bool judged, moved;
} pairs[] = {
	{"alike", {0, 0.001, 0.002}, {0.001, 0, 0.002}, 3, 3, true, false},
	{"all values equal", {1, 1}, {1, 1}, 2, 2, true, false},
	{"five percent more", {0, 0.001, 0.002}, {0.05, 0.051, 0.052}, 3, 3, true, true},
	{"five percent less", {0, 0.001, 0.002}, {-0.05, -0.051, -0.052}, 3, 3, true, true},
	{"below the minimum effect", {0, 0, 0}, {0.015, 0.015, 0.015}, 3, 3, true, false},
	{"five percent of noise", {0, 0.1, -0.1}, {0.05, 0.15, -0.05}, 3, 3, true, false},
	{"one boot on a side", {0, 0, 0}, {0.05}, 3, 1, false, false},
	{"none on a side", {0, 0, 0}, {0}, 3, 0, false, false},
};

static void test_between(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct hostcheck_series s = {
			.today = pairs[i].base, .today_count = pairs[i].base_count};
		struct hostcheck_moved m =
			hostcheck_between(&judging, &s, pairs[i].fresh, pairs[i].fresh_count);

		if (m.judged != pairs[i].judged || m.moved != pairs[i].moved ||
			!isfinite(m.p) || !isfinite(m.half_width))
			fail_msg("%s: judged %d, moved %d, p %g", pairs[i].name, m.judged,
				m.moved, m.p);
	}
}

static void history_lends_the_control_its_variance(void **state)
{
	const struct judging judging = judging_defaults();
	const double base[] = {0, 0.003}, fresh[] = {0.06, 0.063}, wide[] = {0, 0.04};
	struct hostcheck_series s = {.today = base, .today_count = 2};

	(void)state;
	assert_false(hostcheck_between(&judging, &s, fresh, 2).moved); /* two df are few */
	s.history = steady;
	s.sessions = sessions;
	s.history_count = 8;
	assert_true(hostcheck_between(&judging, &s, fresh, 2).moved);
	s.today = wide; /* noisier than ever: nothing is lent */
	assert_false(hostcheck_between(&judging, &s, fresh, 2).moved);
}

static void test_session(void **state)
{
	const struct hostcheck_moved still = {.p = 1}, moved = {.moved = true};
	struct judgement cells[5] = {{.d = 0.05, .delta = 0.02}, {.d = 0.05, .delta = 0.02},
		{.d = 0.05, .delta = 0.02}, {.d = -0.05, .delta = 0.02},
		{.d = 0, .delta = 0.02}};

	(void)state;
	assert_int_equal(hostcheck_session(&still, &still, 0, cells, 0), HOSTCHECK_STEADY);
	assert_int_equal(hostcheck_session(&moved, &still, 0, cells, 0), HOSTCHECK_CONTROL);
	assert_int_equal(hostcheck_session(&still, &moved, 0, cells, 0), HOSTCHECK_BASELINE);
	assert_int_equal(hostcheck_session(&still, &still, 1, cells, 0), HOSTCHECK_AA);
	assert_int_equal(hostcheck_session(&still, &still, 0, cells, 5), HOSTCHECK_ALL_CELLS);
	cells[0].why = UNJUDGED_NO_BASE;
	assert_int_equal(hostcheck_session(&still, &still, 0, cells, 5), HOSTCHECK_STEADY);
	assert_string_equal(hostcheck_phrase(HOSTCHECK_CONTROL), "the negative control moved");
}

static void test_rate_limit(void **state)
{
	(void)state;
	/* none of n: 1 - 0.05^(1/n) */
	assert_near(hostcheck_rate_limit(0, 37), 1 - pow(0.05, 1 / 37.), 1e-12);
	assert_near(hostcheck_rate_limit(0, 37), 0.078, 0.0005);
	/* 1 of 20, Clopper and Pearson: 0.2161 (R: qbeta(0.95, 2, 19)) */
	assert_near(hostcheck_rate_limit(1, 20), 0.21611, 1e-5);
	assert_near(hostcheck_rate_limit(5, 5), 1, 0);
	assert_near(hostcheck_rate_limit(0, 0), 1, 0);
	assert_near(hostcheck_rate_limit(-1, 37), hostcheck_rate_limit(0, 37), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_between),
		cmocka_unit_test(history_lends_the_control_its_variance),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_rate_limit),
	};

	return cmocka_run_group_tests_name("hostcheck", tests, NULL, NULL);
}
