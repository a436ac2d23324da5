/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/witness.h"

#include <math.h>

#include "base/mem.h"
#include "support.h"

static const struct {
	const char *name;
	struct witness_levels levels;
	size_t pairs;
	double good[8], tested[8];
	enum bisect_word want;
	int want_boots;
} weights[] = {
	{"before the first boot it tells how many", {0.1, 0.01, 20}, 0, {0}, {0},
		BISECT_UNTESTED, 1},
	{"a small change wants more", {0.02, 0.01, 1000}, 0, {0}, {0}, BISECT_UNTESTED, 5},
	{"a noise that is known from four boots wants more, too", {0.1, 0.02, 2}, 0, {0}, {0},
		BISECT_UNTESTED, 7},
	{"one pair is enough for a large change", {0.1, 0.01, 20}, 1, {7}, {7.1}, BISECT_BAD,
		0},
	{"one pair without a change", {0.1, 0.01, 20}, 1, {7}, {7}, BISECT_GOOD, 0},
	{"a host that drifts moves both", {0.1, 0.01, 20}, 2, {7, 8}, {7.06, 8.1}, BISECT_BAD,
		0},
	{"a speedup is found the same way", {-0.1, 0.01, 20}, 1, {7}, {6.9}, BISECT_BAD, 0},
	{"half of the change is worth more boots", {0.1, 0.01, 20}, 1, {7}, {7.05},
		BISECT_UNTESTED, 2},
	{"eight pairs in the middle are weak", {0.1, 0.01, 20}, 8, {0},
		{0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05}, BISECT_WEAK, 0},
	{"more than the change is bad as well", {0.1, 0.01, 20}, 1, {7}, {9}, BISECT_BAD, 0},
	{"without a change nothing can be told", {0, 0.01, 20}, 0, {0}, {0}, BISECT_WEAK, 0},
	{"nor without a noise", {0.1, 0, 20}, 0, {0}, {0}, BISECT_WEAK, 0},
};

static void test_weights(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(weights); i++) {
		struct witness_weight w = witness_weigh(&weights[i].levels, weights[i].good,
			weights[i].tested, weights[i].pairs);

		if (w.word != weights[i].want || w.boots != weights[i].want_boots)
			fail_msg("%s: %s, %d boots, evidence %g", weights[i].name,
				bisect_word_name(w.word), w.boots, w.evidence);
	}
}

/* Two cells of one scenario, mode and metric each: 0 flagged by little, 1 by much beside its
 * noise. */
struct hearing {
	struct comparison c;
	struct cell cells[3];
	struct comparison_scenario scenarios[1];
	struct comparison_metric metrics[3];
	char *modes[1];
};

#define WORDS(text) ((char *)(uintptr_t)(text))

static void open_hearing(struct hearing *h)
{
	static const char *const names[] = {"enable", "get", "clear"};

	memset(h, 0, sizeof(*h));
	h->scenarios[0].name = WORDS("g-thp");
	h->modes[0] = WORDS("40/48/4K");
	h->c.scenarios = h->scenarios;
	h->c.modes = h->modes;
	h->c.metrics = h->metrics;
	h->c.cells = h->cells;
	h->c.cell_count = 3;
	for (size_t i = 0; i < 3; i++) {
		h->metrics[i].name = WORDS(names[i]);
		h->metrics[i].unit = WORDS("s");
		h->cells[i] = (struct cell){
			.metric = i, .sd = 0.01, .df = 6, .verdict = VERDICT_UNCHANGED};
	}
}

static const struct {
	const char *name;
	struct {
		enum verdict verdict;
		double change, sd;
	} cells[3];
	const char *want; /* NULL: none */
} chosen[] = {
	{"the change beside its noise counts",
		{{VERDICT_REGRESSED, 0.2, 0.1}, {VERDICT_REGRESSED, 0.1, 0.01},
			{VERDICT_UNCHANGED, 0.5, 0.01}},
		"get"},
	{"a slower one before a faster one",
		{{VERDICT_IMPROVED, -0.3, 0.01}, {VERDICT_UNCHANGED, 0, 0.01},
			{VERDICT_REGRESSED, 0.04, 0.01}},
		"clear"},
	{"a faster one when there is no slower one",
		{{VERDICT_IMPROVED, -0.3, 0.01}, {VERDICT_UNCHANGED, 0, 0.01},
			{VERDICT_INCONCLUSIVE, 0.04, 0.01}},
		"enable"},
	{"nothing flagged, nothing to follow",
		{{VERDICT_UNCHANGED, 0, 0.01}, {VERDICT_UNCHANGED, 0, 0.01},
			{VERDICT_INCONCLUSIVE, 0.3, 0.5}},
		NULL},
};

static void test_choose(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chosen); i++) {
		struct bisect b = {0};
		struct hearing h;
		bool found;

		open_hearing(&h);
		for (size_t k = 0; k < 3; k++) {
			h.cells[k].verdict = chosen[i].cells[k].verdict;
			h.cells[k].change = chosen[i].cells[k].change;
			h.cells[k].sd = chosen[i].cells[k].sd;
		}
		found = witness_choose(&h.c, &b);
		if (found != (chosen[i].want != NULL) ||
			(found && strcmp(b.metric, chosen[i].want)))
			fail_msg("%s: %s", chosen[i].name, found ? b.metric : "none");
		bisect_clear(&b);
	}
}

static const struct {
	const char *name;
	enum bisect_kind kind;
	double d;
	enum verdict verdict;
	double p;
	enum bisect_word want;
} heard[] = {
	{"a proof that shows the change", BISECT_PROOF, 0.1, VERDICT_REGRESSED, 0, BISECT_BAD},
	{"one that shows none", BISECT_PROOF, 0.1, VERDICT_INCONCLUSIVE, 1, BISECT_GOOD},
	{"one that shows the opposite is none", BISECT_PROOF, 0.1, VERDICT_IMPROVED, 0,
		BISECT_GOOD},
	{"a speedup is proved by a speedup", BISECT_PROOF, -0.1, VERDICT_IMPROVED, 0,
		BISECT_BAD},
	{"a revert that brings the level back is good", BISECT_REVERT, 0.1, VERDICT_IMPROVED, 0,
		BISECT_GOOD},
	{"one that does not is as bad as before", BISECT_REVERT, 0.1, VERDICT_UNCHANGED, 1,
		BISECT_BAD},
	{"a parent that equals itself", BISECT_REBUILT, 0.1, VERDICT_INCONCLUSIVE, 0.4,
		BISECT_GOOD},
	{"one that does not", BISECT_REBUILT, 0.1, VERDICT_INCONCLUSIVE, 0.001, BISECT_BAD},
	{"functions aligned, the change is still there", BISECT_ALIGNED, 0.1, VERDICT_REGRESSED,
		0, BISECT_BAD},
};

static void test_hear(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++) {
		struct bisect b = {.scenario = WORDS("g-thp"),
			.mode = WORDS("40/48/4K"),
			.metric = WORDS("get"),
			.d = heard[i].d,
			.sd = 0.01,
			.df = 6};
		struct bisect_step step = {.kind = heard[i].kind};
		struct hearing h;
		int boots = 0;

		open_hearing(&h);
		h.cells[1].verdict = heard[i].verdict;
		h.cells[1].p_adjusted = heard[i].p;
		witness_hear(&h.c, &b, &step, &boots);
		if (step.word != heard[i].want)
			fail_msg("%s: %s", heard[i].name, bisect_word_name(step.word));
	}
}

static void test_a_single_pair_has_a_change(void **state)
{
	struct bisect b = {.scenario = WORDS("g-thp"),
		.mode = WORDS("40/48/4K"),
		.metric = WORDS("get"),
		.d = 0.1,
		.sd = 0.01,
		.df = 20};
	struct bisect_step step = {.kind = BISECT_TEST};
	double good[] = {100}, tested[] = {111};
	struct hearing h;
	int boots = 0;

	(void)state;
	open_hearing(&h);
	h.cells[1].base = (struct cell_side){.values = good, .count = 1};
	h.cells[1].fresh = (struct cell_side){.values = tested, .count = 1};
	witness_hear(&h.c, &b, &step, &boots);
	assert_int_equal(step.word, BISECT_BAD);
	assert_near(step.change, 0.11, 1e-9);
}

static void test_a_cell_that_was_not_measured_is_a_skip(void **state)
{
	struct bisect b = {.scenario = WORDS("4k"),
		.mode = WORDS("40/48/4K"),
		.metric = WORDS("get"),
		.d = 0.1,
		.sd = 0.01};
	struct bisect_step step = {.kind = BISECT_TEST};
	struct hearing h;
	int boots = 0;

	(void)state;
	open_hearing(&h);
	witness_hear(&h.c, &b, &step, &boots);
	assert_int_equal(step.word, BISECT_SKIP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_hear),
		cmocka_unit_test(test_a_single_pair_has_a_change),
		cmocka_unit_test(test_a_cell_that_was_not_measured_is_a_skip),
	};

	return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
