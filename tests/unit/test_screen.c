/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/screen.h"

#include "judge/world.h"
#include "vectors.h"

/* A baseline of four lab sessions with two boots each, and the new kernel's boots, in logs. */
struct case_ {
	double base[12];
	int base_sessions[12];
	size_t base_count;
	double fresh[3];
	int fresh_sessions[3];
	size_t fresh_count;
	struct spread history;
};

static struct sample sample_of(const struct case_ *c)
{
	return (struct sample){.base = c->base,
		.base_sessions = c->base_sessions,
		.base_count = c->base_count,
		.fresh = c->fresh,
		.fresh_sessions = c->fresh_sessions,
		.fresh_count = c->fresh_count,
		.history = c->history};
}

#define STEADY 0, 0.01, 0.004, 0.006, 0.003, 0.007, 0.001, 0.009
#define FOUR   1, 1, 2, 2, 3, 3, 4, 4
#define TODAY  9, 9, 9

static const struct {
	const char *name;
	struct case_ c;
	int fresh, base;
	enum screen_step step;
	const char *order;
} rows[] = {
	{"before the first boot two are asked for",
		{{STEADY}, {FOUR}, 8, {0}, {0}, 0, {1e-4, 20}}, 0, 0, SCREEN_MEASURE, "BB"},
	{"a boot that was lost is asked for again",
		{{STEADY}, {FOUR}, 8, {0.005}, {TODAY}, 1, {1e-4, 20}}, 1, 0, SCREEN_MEASURE,
		"B"},
	{"the same level is quiet",
		{{STEADY}, {FOUR}, 8, {0.004, 0.006}, {TODAY}, 2, {1e-4, 20}}, 2, 0,
		SCREEN_QUIET, ""},
	{"20 % in a steady lab is confirmed at once",
		{{STEADY}, {FOUR}, 8, {0.2, 0.19}, {TODAY}, 2, {1e-4, 20}}, 2, 0,
		SCREEN_CONFIRM, ""},
	{"a change in a lab that drifts wants base boots of today",
		{{0, 0.01, 0.1, 0.11, -0.05, -0.04, 0.06, 0.05}, {FOUR}, 8, {0.2, 0.21},
			{TODAY}, 2, {1e-4, 20}},
		2, 0, SCREEN_MEASURE, "AA"},
	{"which show that today was slow for both",
		{{0, 0.01, 0.1, 0.11, -0.05, -0.04, 0.06, 0.05, 0.2, 0.21}, {FOUR, 9, 9}, 10,
			{0.2, 0.21}, {TODAY}, 2, {1e-4, 20}},
		2, 2, SCREEN_QUIET, ""},
	{"or that it was not",
		{{0, 0.01, 0.1, 0.11, -0.05, -0.04, 0.06, 0.05, 0, 0.01}, {FOUR, 9, 9}, 10,
			{0.2, 0.21}, {TODAY}, 2, {1e-4, 20}},
		2, 2, SCREEN_CONFIRM, ""},
	{"a suspicion is worth a third boot",
		{{STEADY}, {FOUR}, 8, {0.045, 0.038}, {TODAY}, 2, {1e-4, 20}}, 2, 0,
		SCREEN_MEASURE, "B"},
	{"but no fourth", {{STEADY}, {FOUR}, 8, {0.045, 0.033, 0.036}, {TODAY}, 3, {1e-4, 20}},
		3, 0, SCREEN_QUIET, ""},
	{"three lab sessions are no baseline",
		{{0, 0.01, 0, 0.01, 0, 0.01, 0, 0.01}, {1, 1, 2, 2, 3, 3, 3, 3}, 8, {0.2, 0.2},
			{TODAY}, 2, {1e-4, 20}},
		2, 0, SCREEN_COLLECT, ""},
	{"seven boots are no baseline",
		{{0, 0.01, 0, 0.01, 0, 0.01, 0}, {FOUR}, 7, {0.2, 0.2}, {TODAY}, 2, {1e-4, 20}},
		2, 0, SCREEN_COLLECT, ""},
	{"base boots of today are no baseline",
		{{0, 0.01, 0, 0.01, 0, 0.01, 0, 0.01}, {1, 1, 2, 2, 3, 3, 9, 9}, 8, {0.2, 0.2},
			{TODAY}, 2, {1e-4, 20}},
		2, 2, SCREEN_COLLECT, ""},
	{"without history the baseline's own spread is used",
		{{STEADY}, {FOUR}, 8, {0.2, 0.19}, {TODAY}, 2, {0, 0}}, 2, 0, SCREEN_CONFIRM,
		""},
	{"equal values everywhere",
		{{0, 0, 0, 0, 0, 0, 0, 0}, {FOUR}, 8, {0, 0}, {TODAY}, 2, {0, 20}}, 2, 0,
		SCREEN_QUIET, ""},
	{"a kernel without values triggers nothing",
		{{STEADY}, {FOUR}, 8, {0}, {TODAY}, 0, {1e-4, 20}}, 2, 0, SCREEN_QUIET, ""},
};

static bool is_finite(const struct screened *s)
{
	const struct judgement *j = &s->judgement;
	const double all[] = {s->t3_2, s->a, s->c, s->p, s->p_today, j->d, j->se, j->df, j->p,
		j->low, j->high, j->mde, j->delta};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!isfinite(all[i]))
			return false;
	return true;
}

static void test_steps(void **state)
{
	const struct judging judging = judging_defaults();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s = sample_of(&rows[i].c);
		struct screen_answer answer;
		struct screened screened;

		screen_judge(&judging, &s, 1, &screened);
		answer = screen_next(&judging, &s, &screened, 1, rows[i].fresh, rows[i].base);
		if (answer.step != rows[i].step || strcmp(answer.order, rows[i].order))
			fail_msg("%s: step %d, order \"%s\", p %g", rows[i].name, answer.step,
				answer.order, screened.p);
		if (!is_finite(&screened))
			fail_msg("%s: a number is not finite", rows[i].name);
	}
}

/* By hand: base boots of today are weighed against the stored level by their variances. */
static void test_base_boots_of_today(void **state)
{
	const struct judging judging = judging_defaults();
	const struct case_ c = {{0, 0, 0.1, 0.1, 0.05, 0.07}, {1, 1, 2, 2, 9, 9}, 6,
		{0.08, 0.08}, {TODAY}, 2, {1e-4, 20}};
	struct sample s = sample_of(&c);
	struct screened screened;
	double used = (20 * 1e-4 + 2e-4) / 22, t3_2 = 0.005;
	double stored = used / 4, apart = t3_2 * 1.5, share = used / 2;

	(void)state;
	share /= share + stored + apart;
	screen_judge(&judging, &s, 1, &screened);
	assert_near(screened.judgement.used.variance, used, 1e-12);
	assert_near(screened.t3_2, t3_2, 1e-12);
	assert_near(screened.judgement.d, 0.08 - share * 0.05 - (1 - share) * 0.06, 1e-12);
	assert_near(screened.a,
		used / 2 + share * share * stored + (1 - share) * (1 - share) * used / 2,
		1e-12);
	assert_near(screened.c, share * share * apart, 1e-12);
}

static struct screen_answer screen_world(
	const struct judging *judging, const struct world_rules *rules, int boots)
{
	struct prng prng;
	struct world *world;
	struct sample *samples = calloc((size_t)rules->cells, sizeof(*samples));
	struct screened *screened = calloc((size_t)rules->cells, sizeof(*screened));
	struct screen_answer answer;

	prng_init(&prng, 5);
	world = world_new(rules, &prng);
	world_session(world, false);
	for (int i = 0; i < boots; i++)
		world_boot(world, 'B');
	world_samples(world, samples);
	screen_judge(judging, samples, (size_t)rules->cells, screened);
	answer = screen_next(judging, samples, screened, (size_t)rules->cells, boots, 0);
	world_free(world);
	free(samples);
	free(screened);
	return answer;
}

/* Removing what boots have in common must not hide a change of everything. */
static void test_a_change_of_all_cells_is_seen(void **state)
{
	struct world_rules rules = world_defaults();
	const struct judging judging = judging_defaults();

	(void)state;
	rules.effect = 0.05;
	rules.effect_cells = rules.cells;
	assert_int_equal(screen_world(&judging, &rules, 2).step, SCREEN_CONFIRM);
	rules.effect = -0.05;
	assert_int_equal(screen_world(&judging, &rules, 2).step, SCREEN_CONFIRM);
}

/* One boot of two that is slow in all its cells alike is no reason to confirm each of them. */
static void test_a_lucky_boot_is_seen_through(void **state)
{
	struct world_rules rules = world_defaults();
	struct judging judging = judging_defaults();

	(void)state;
	rules.boot_correlation = 0.95;
	rules.boot_sd = 0.03;
	rules.spread = 0;
	assert_true(screen_world(&judging, &rules, 3).included < 5);
}

/* Noisy cells of a metric that changed are in the family, though they say nothing themselves.
 */
static void test_a_metric_of_many_suspicious_cells_is_included_whole(void **state)
{
	struct world_rules rules = world_defaults();
	struct judging judging = judging_defaults();
	size_t whole;

	(void)state;
	rules.effect = 0.05;
	rules.effect_cells = 24;
	rules.session_sd = 0.02;
	whole = screen_world(&judging, &rules, 3).included;
	assert_true(whole >= 24);
	judging.include_share = 2; /* never */
	assert_true(screen_world(&judging, &rules, 3).included < whole);
	rules.effect_cells = 1; /* one suspicious cell does not draw its metric in */
	judging = judging_defaults();
	assert_true(screen_world(&judging, &rules, 3).included < 12);
}

static void check_cell(const json_t *c)
{
	const struct judging judging = judging_plain();
	const json_t *want = json_object_get(c, "result");
	const json_t *sessions = json_object_get(c, "baseline_by_lab_session");
	struct case_ in = {.history = {vectors_number(c, "s0_2"), vectors_number(c, "d0")}};
	struct screened got;
	struct sample s;
	size_t n;
	double *x;

	for (size_t i = 0; i < json_array_size(sessions); i++) {
		x = vectors_list(json_array_get(sessions, i), &n);
		for (size_t k = 0; k < n; k++) {
			in.base_sessions[in.base_count] = (int)i;
			in.base[in.base_count++] = log(x[k]);
		}
		free(x);
	}
	x = vectors_numbers(c, "candidate", &in.fresh_count);
	for (size_t k = 0; k < in.fresh_count; k++) {
		in.fresh_sessions[k] = 99;
		in.fresh[k] = log(x[k]);
	}
	free(x);
	s = sample_of(&in);
	screen_judge(&judging, &s, 1, &got);
	assert_close(got.t3_2, vectors_number(want, "T3_2"), 1e-9);
	assert_close(got.a, vectors_number(want, "A"), 1e-9);
	assert_close(got.c, vectors_number(want, "C"), 1e-9);
	assert_close(got.judgement.today.variance, vectors_number(want, "s2"), 1e-9);
	assert_close(got.judgement.used.variance, vectors_number(want, "s_mod2"), 1e-9);
	assert_near(got.judgement.d, vectors_number(want, "d"), 1e-9);
	assert_close(got.judgement.se, vectors_number(want, "SE"), 1e-9);
	assert_close(got.judgement.df, vectors_number(want, "df"), 1e-9);
	assert_close(got.judgement.p_up, vectors_number(want, "p_up"), 1e-9);
	assert_close(got.judgement.p_down, vectors_number(want, "p_dn"), 1e-9);
	assert_close(got.p, vectors_number(want, "p"), 1e-9);
}

static void test_shared(void **state)
{
	json_t *json = vectors_load("stats/computed/screen.json");
	const json_t *cells = json_object_get(json, "cells");

	(void)state;
	if (!json)
		skip();
	assert_true(json_array_size(cells) >= 3);
	for (size_t i = 0; i < json_array_size(cells); i++)
		check_cell(json_array_get(cells, i));
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_base_boots_of_today),
		cmocka_unit_test(test_a_change_of_all_cells_is_seen),
		cmocka_unit_test(test_a_lucky_boot_is_seen_through),
		cmocka_unit_test(test_a_metric_of_many_suspicious_cells_is_included_whole),
		cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
