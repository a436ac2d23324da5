/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/cells.h"

#include <time.h>

#include "base/prng.h"
#include "vectors.h"

#define BOOTS 16

/* One cell's boots with room to spare; values in the unit, turned to logs by sample_of(). */
struct boots {
	double base[BOOTS], fresh[BOOTS];
	int base_sessions[BOOTS], fresh_sessions[BOOTS];
	size_t n_base, n_fresh;
	struct spread history;
};

static struct sample sample_of(struct boots *b, double *logs)
{
	for (size_t i = 0; i < BOOTS; i++) {
		logs[i] = log(b->base[i] > 0 ? b->base[i] : 1);
		logs[BOOTS + i] = log(b->fresh[i] > 0 ? b->fresh[i] : 1);
	}
	return (struct sample){
		.base = logs,
		.fresh = logs + BOOTS,
		.base_count = b->n_base,
		.fresh_count = b->n_fresh,
		.history = b->history,
		.in_family = true,
		.p_before = 1,
	};
}

static struct judgement judge_one(struct boots *b, double weight)
{
	const struct judging judging = judging_defaults();
	double logs[2 * BOOTS];
	struct sample s = sample_of(b, logs);
	struct judgement j;

	cells_judge(&judging, &s, 1, weight, &j);
	return j;
}

static const struct {
	const char *name;
	struct boots boots;
	enum verdict verdict;
	enum unjudged why;
} rows[] = {
	{"clearly slower", {{10, 10.1, 9.9, 10}, {12, 12.1, 11.9, 12}, {0}, {0}, 4, 4, {0, 0}},
		VERDICT_REGRESSED, UNJUDGED_NOT},
	{"clearly faster", {{12, 12.1, 11.9, 12}, {10, 10.1, 9.9, 10}, {0}, {0}, 4, 4, {0, 0}},
		VERDICT_IMPROVED, UNJUDGED_NOT},
	{"all values equal", {{5, 5, 5, 5}, {5, 5, 5, 5}, {0}, {0}, 4, 4, {0, 0}},
		VERDICT_UNCHANGED, UNJUDGED_NOT},
	{"significant but below the minimum effect",
		{{100, 100.01, 100, 99.99}, {101, 101, 101.01, 101}, {0}, {0}, 4, 4, {0, 0}},
		VERDICT_UNCHANGED, UNJUDGED_NOT},
	{"too noisy to tell", {{10, 12, 9, 11}, {11, 13, 10, 12}, {0}, {0}, 4, 4, {0, 0}},
		VERDICT_INCONCLUSIVE, UNJUDGED_NOT},
	{"one boot a side and no history", {{10}, {20}, {0}, {0}, 1, 1, {0, 0}}, VERDICT_FAILED,
		UNJUDGED_NO_SPREAD},
	{"one boot a side with history is never flagged",
		{{10}, {20}, {0}, {0}, 1, 1, {1e-4, 20}}, VERDICT_INCONCLUSIVE, UNJUDGED_NOT},
	{"nor is one boot against four", {{20}, {10, 10.1, 9.9, 10}, {0}, {0}, 1, 4, {0, 0}},
		VERDICT_INCONCLUSIVE, UNJUDGED_NOT},
	{"two boots a side with history may be",
		{{10, 10.1}, {20, 20.1}, {0}, {0}, 2, 2, {1e-4, 20}}, VERDICT_REGRESSED,
		UNJUDGED_NOT},
	{"one boot against four", {{10}, {10, 10.1, 9.9, 10}, {0}, {0}, 1, 4, {0, 0}},
		VERDICT_INCONCLUSIVE, UNJUDGED_NOT},
	{"no base boot", {{0}, {10, 11}, {0}, {0}, 0, 2, {1e-4, 20}}, VERDICT_FAILED,
		UNJUDGED_NO_BASE},
	{"no boot of the new kernel", {{10, 11}, {0}, {0}, {0}, 2, 0, {1e-4, 20}},
		VERDICT_FAILED, UNJUDGED_NO_FRESH},
	{"nothing at all", {{0}, {0}, {0}, {0}, 0, 0, {0, 0}}, VERDICT_FAILED,
		UNJUDGED_NO_BASE},
	{"one outlier boot in a quiet cell is no regression at 4+4",
		{{10, 10.01, 9.99, 10}, {10, 10.01, 9.99, 13}, {0}, {0}, 4, 4, {1e-6, 20}},
		VERDICT_INCONCLUSIVE, UNJUDGED_NOT},
	{"values of the whole range of a double",
		{{1e-300, 1e-300}, {1e300, 1e300}, {0}, {0}, 2, 2, {0, 0}}, VERDICT_REGRESSED,
		UNJUDGED_NOT},
};

static bool is_finite(const struct judgement *j)
{
	const double all[] = {j->mean_base, j->d, j->today.variance, j->today.df, j->lent_df,
		j->used.variance, j->used.df, j->se, j->df, j->delta, j->p_up, j->p_down, j->p,
		j->p_valid, j->p_adjusted, j->low, j->high, j->mde};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!isfinite(all[i]))
			return false;
	return true;
}

static void test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct boots boots = rows[i].boots;
		struct judgement j = judge_one(&boots, 1);

		if (j.verdict != rows[i].verdict || j.why != rows[i].why)
			fail_msg("%s: %s, %s", rows[i].name, verdict_name(j.verdict),
				unjudged_phrase(j.why));
		if (!is_finite(&j))
			fail_msg("%s: a number is not finite", rows[i].name);
	}
}

static void test_swap_negates(void **state)
{
	struct boots a = {{10, 10.2, 9.9}, {11, 11.3, 11.1, 11}, {0}, {0}, 3, 4, {1e-4, 12}};
	struct boots b = {{11, 11.3, 11.1, 11}, {10, 10.2, 9.9}, {0}, {0}, 4, 3, {1e-4, 12}};
	struct judgement x = judge_one(&a, 0.5), y = judge_one(&b, 0.5);

	(void)state;
	assert_near(x.d, -y.d, 1e-14);
	assert_near(x.p, y.p, 1e-14);
	assert_near(x.low, -y.high, 1e-14);
	assert_int_equal(x.verdict, VERDICT_REGRESSED);
	assert_int_equal(y.verdict, VERDICT_IMPROVED);
}

static void test_scale_and_order_do_not_matter(void **state)
{
	struct boots a = {{10, 10.2, 9.9}, {10.4, 10.3, 10.1}, {0}, {0}, 3, 3, {1e-4, 12}};
	struct boots b = {
		{9.9e6, 1e7, 10.2e6}, {10.1e6, 10.4e6, 10.3e6}, {0}, {0}, 3, 3, {1e-4, 12}};
	struct judgement x = judge_one(&a, 0.5), y = judge_one(&b, 0.5);

	(void)state;
	assert_near(x.d, y.d, 1e-13);
	assert_near(x.p, y.p, 1e-12);
	assert_near(x.mde, y.mde, 1e-12);
}

static void test_absolute_floor(void **state)
{
	const struct judging judging = judging_defaults();
	struct boots b = {{1, 1.001, 0.999}, {1.3, 1.301, 1.299}, {0}, {0}, 3, 3, {0, 0}};
	double logs[2 * BOOTS];
	struct sample s = sample_of(&b, logs);
	struct judgement j;

	(void)state;
	s.minimum_abs = 0.5;
	cells_judge(&judging, &s, 1, 1, &j);
	assert_near(j.delta, log(1.5), 1e-6);
	assert_int_equal(j.verdict, VERDICT_UNCHANGED);
	assert_near(cells_delta(&judging, log(0.04), 0.0002), log(1.02), 1e-15);
	assert_near(cells_delta(&judging, log(0.001), 0.0002), log(1.2), 1e-15);
	assert_near(cells_floor(&judging, log(1000), 1), 1 / sqrt(12) / 1000, 1e-15);
	assert_near(cells_floor(&judging, log(1e9), 1), 1e-4, 0);
}

static void test_sessions(void **state)
{
	/* Session 2 runs 10 % slower on both sides; the effect is +5 % in either. */
	const double ln = log(1.05);
	const double base[] = {0, 0.01, 0.1, 0.11}, fresh[] = {ln, ln + 0.01, ln + 0.1};
	const int base_sessions[] = {1, 1, 2, 2}, fresh_sessions[] = {1, 1, 2};
	const int apart[] = {3, 3, 4};
	const struct judging judging = judging_defaults();
	struct sample s = {base, fresh, base_sessions, fresh_sessions, NULL, NULL, 4, 3, 0, 0,
		0, {1e-5, 20}, true, 1};
	double h = 1 + 2. / 3;
	struct judgement j;

	(void)state;
	cells_judge(&judging, &s, 1, 1, &j);
	assert_near(j.d, (ln * 1 + (ln - 0.005) * 2 / 3) / h, 1e-15);
	assert_near(j.today.df, 3, 0);
	assert_near(j.today.variance, 3 * 5e-5 / 3, 1e-15);
	assert_near(j.se, sqrt(j.used.variance / h), 1e-15);
	s.fresh_sessions = apart;
	cells_judge(&judging, &s, 1, 1, &j);
	assert_int_equal(j.verdict, VERDICT_FAILED);
	assert_int_equal(j.why, UNJUDGED_APART);
}

static void test_always_valid(void **state)
{
	const struct judging judging = judging_defaults();
	struct boots b = {{10, 10.1, 9.9}, {10.1, 10, 10.2}, {0}, {0}, 3, 3, {0, 0}};
	double logs[2 * BOOTS];
	struct sample s = sample_of(&b, logs);
	struct judgement j;

	(void)state;
	s.p_before = 1e-6;
	cells_judge(&judging, &s, 1, 0.5, &j);
	assert_near(j.p_valid, 1e-6, 0);
	assert_true(j.flagged);
	s.in_family = false;
	cells_judge(&judging, &s, 1, 0.5, &j);
	assert_near(j.p_adjusted, 1, 0);
	assert_false(j.flagged);
}

/* Twelve cells without history lend each other the noise of their metric. */
static void test_cold_start(void **state)
{
	const struct judging judging = judging_defaults();
	struct sample samples[12];
	struct judgement j[12];
	static double logs[12][2 * BOOTS];
	struct prng prng;

	(void)state;
	prng_init(&prng, 3);
	for (int i = 0; i < 12; i++) {
		for (int k = 0; k < 2 * BOOTS; k++)
			logs[i][k] = 0.01 * prng_normal(&prng);
		samples[i] = (struct sample){.base = logs[i],
			.fresh = logs[i] + BOOTS,
			.base_count = 3,
			.fresh_count = 3,
			.metric = 4,
			.in_family = true,
			.p_before = 1};
	}
	cells_judge(&judging, samples, 12, 1, j);
	assert_true(j[0].lent_df > 4 && j[0].lent_df <= 20);
	samples[0].metric = 9; /* alone: nothing is lent */
	cells_judge(&judging, samples, 12, 1, j);
	assert_near(j[0].lent_df, 0, 0);
	samples[1].history = (struct spread){3e-4, 50};
	cells_judge(&judging, samples, 12, 1, j);
	assert_near(j[1].lent_df, 20, 0);
}

static void test_shuffled_cells(void **state)
{
	const struct judging judging = judging_defaults();
	struct sample samples[8], turned[8];
	struct judgement a[8], b[8];
	double logs[8][2 * BOOTS];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct boots boots = rows[i].boots;

		samples[i] = sample_of(&boots, logs[i]);
		turned[7 - i] = samples[i];
	}
	cells_judge(&judging, samples, 8, 1, a);
	cells_judge(&judging, turned, 8, 1, b);
	for (size_t i = 0; i < 8; i++) {
		assert_near(a[i].p_adjusted, b[7 - i].p_adjusted, 1e-15);
		assert_int_equal(a[i].verdict, b[7 - i].verdict);
	}
}

/* --- the shared vectors --- */

static void check_cell(const json_t *want, const struct judgement *j)
{
	const json_t *ci = json_object_get(want, "ci95_percent");
	static const char *const names[] = {
		"REGRESSED", "IMPROVED", "UNCHANGED", "INCONCLUSIVE", "FAILED"};

	assert_near(j->mean_base, vectors_number(want, "mean_a"), 1e-9);
	assert_near(j->d, vectors_number(want, "d"), 1e-9);
	assert_near(j->today.df, vectors_number(want, "d_f"), 0);
	assert_close(j->today.variance, vectors_number(want, "s2"), 1e-9);
	assert_int_equal(j->noisy_today, vectors_bool(want, "noisy_today"));
	assert_near(j->lent_df, vectors_number(want, "d0_used"), 0);
	assert_close(j->used.variance, vectors_number(want, "s_mod2"), 1e-9);
	assert_near(j->df, vectors_number(want, "nu"), 0);
	assert_close(j->se, vectors_number(want, "SE"), 1e-9);
	assert_near(j->delta, vectors_number(want, "delta_eff"), 1e-9);
	assert_near(exp(j->low), 1 + json_number_value(json_array_get(ci, 0)) / 100, 1e-9);
	assert_near(exp(j->high), 1 + json_number_value(json_array_get(ci, 1)) / 100, 1e-9);
	assert_close(j->p_up, vectors_number(want, "p_up"), 1e-9);
	assert_close(j->p_down, vectors_number(want, "p_dn"), 1e-9);
	assert_close(j->p, vectors_number(want, "p"), 1e-9);
	assert_close(j->p_valid, vectors_number(want, "p_av"), 1e-9);
	assert_int_equal(j->flagged, vectors_bool(want, "flagged"));
	assert_string_equal(names[j->verdict], vectors_text(want, "verdict"));
	assert_near(j->mde, vectors_number(want, "mde_percent") / 100, 1e-9);
}

static void test_shared(void **state)
{
	const struct judging judging = judging_defaults();
	json_t *json = vectors_load("stats/computed/confirm.json");
	const json_t *cells = json_object_get(json, "cells");
	const json_t *looks = json_object_get(json, "looks");
	struct sample samples[16];
	struct judgement j[16];
	double *logs[32];
	size_t m = json_array_size(cells), n;

	(void)state;
	if (!json)
		skip();
	assert_true(m > 0 && m <= 16);
	for (size_t i = 0; i < m; i++) {
		const json_t *c = json_array_get(cells, i);

		logs[2 * i] = vectors_numbers(c, "A", &n);
		logs[2 * i + 1] = vectors_numbers(c, "B", &n);
		for (size_t k = 0; k < n; k++) {
			logs[2 * i][k] = log(logs[2 * i][k]);
			logs[2 * i + 1][k] = log(logs[2 * i + 1][k]);
		}
		samples[i] = (struct sample){.base = logs[2 * i],
			.fresh = logs[2 * i + 1],
			.metric = i, /* no cold start: each cell is alone */
			.minimum_abs = vectors_number(json, "a_abs_s"),
			.history = {vectors_number(c, "s0_2"), vectors_number(c, "d0")},
			.in_family = true,
			.p_before = 1};
	}
	for (size_t k = 0; k < json_array_size(looks); k++) {
		const json_t *look = json_array_get(looks, k);

		n = (size_t)vectors_number(look, "boots_per_side");
		for (size_t i = 0; i < m; i++)
			samples[i].base_count = samples[i].fresh_count = n;
		cells_judge(&judging, samples, m, vectors_number(look, "w"), j);
		for (size_t i = 0; i < m; i++) {
			check_cell(json_array_get(json_object_get(look, "cells"), i), &j[i]);
			samples[i].p_before = j[i].p_valid;
		}
	}
	for (size_t i = 0; i < 2 * m; i++)
		free(logs[i]);
	json_decref(json);
}

/* 144 cells of 16+16 boots; the target is 50 ms, here with room for a loaded machine. */
static void test_speed(void **state)
{
	const struct judging judging = judging_defaults();
	static double logs[144][32];
	struct sample samples[144];
	struct judgement j[144];
	struct timespec a, b;
	struct prng prng;
	double took;

	(void)state;
	prng_init(&prng, 1);
	for (int i = 0; i < 144; i++) {
		for (int k = 0; k < 32; k++)
			logs[i][k] = 0.01 * prng_normal(&prng);
		samples[i] = (struct sample){.base = logs[i],
			.fresh = logs[i] + 16,
			.base_count = 16,
			.fresh_count = (size_t)(16 - i % 3),
			.metric = (size_t)(i % 7),
			.in_family = true,
			.p_before = 1};
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	cells_judge(&judging, samples, 144, 1, j);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	took = (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
	print_message("# 144 cells of 16+16 boots in %.2f ms\n", 1e3 * took);
	assert_true(took < 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_swap_negates),
		cmocka_unit_test(test_scale_and_order_do_not_matter),
		cmocka_unit_test(test_absolute_floor),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_always_valid),
		cmocka_unit_test(test_cold_start),
		cmocka_unit_test(test_shuffled_cells),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_speed),
	};

	return cmocka_run_group_tests_name("cells", tests, NULL, NULL);
}
