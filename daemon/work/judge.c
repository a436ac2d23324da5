/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "model/judging.h"
#include "model/raw.h"
#include "rules/compare.h"
#include "rules/confirm.h"
#include "rules/measures.h"
#include "store/comparisons.h"

static bool has_both_sides(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->cell_count; i++)
		if (comparison->cells[i].base.count && comparison->cells[i].fresh.count)
			return true;
	return false;
}

/*
 * A comparison that could not be measured has its reason for a verdict, and one
 * that has nothing to compare yet says so.
 */
static void tell_state(struct comparison *comparison)
{
	char *sentence = NULL;

	if (comparison->reason) {
		comparison->headline = VERDICT_FAILED;
		sentence = mem_printf("Failed: %s", comparison->reason);
	} else if (strcmp(comparison->state, "running") == 0) {
		bool begun = has_both_sides(comparison);

		comparison->headline = begun ? comparison->headline : VERDICT_INCONCLUSIVE;
		sentence = begun ? mem_printf("Preliminary: %s", comparison->sentence)
				 : mem_strdup("Not measured yet.");
	}
	if (!sentence)
		return;
	free(comparison->sentence);
	comparison->sentence = sentence;
}

/* Boots of a side that count. */
static int good_boots(const struct comparison *comparison, char side)
{
	int count = 0;

	for (size_t i = 0; i < comparison->boot_count; i++)
		if (comparison->boots[i].side == side &&
			comparison->boots[i].failure == FAILURE_NONE)
			count++;
	return count;
}

/* The planned looks for which both sides have their boots. */
static int looks_taken(const struct judging *judging, int boots)
{
	int looks = 0;

	while (looks < judging->looks && judging->look_boots[looks] <= boots)
		looks++;
	return looks;
}

static int looks_of(const struct judging *judging, const struct comparison *comparison)
{
	int base = good_boots(comparison, 'A'), fresh = good_boots(comparison, 'B');

	return comparison->confirm ? looks_taken(judging, base < fresh ? base : fresh) : 0;
}

/* By what evidence: the second line of page and mail. */
static char *tell_evidence(
	const struct judging *judging, const struct comparison *comparison, int looks)
{
	int base = good_boots(comparison, 'A'), fresh = good_boots(comparison, 'B');

	if (comparison->confirm)
		return mem_printf(
			"look %d of %d, %d+%d interleaved boots; false discovery rate "
			"%g %%; counts from %g %% up",
			looks, judging->looks, base, fresh, 100 * judging->fdr,
			100 * judging->minimum_effect);
	return mem_printf(
		"%d+%d interleaved boots, their number fixed before; false discovery "
		"rate %g %%; counts from %g %% up",
		base, fresh, 100 * judging->fdr, 100 * judging->minimum_effect);
}

/* A judged cell, as the rule of the confirm asks for it. */
static void as_judged(
	const struct cell *cell, struct sample *ret_sample, struct judgement *ret_judgement)
{
	*ret_sample = (struct sample){.in_family = cell->in_family};
	*ret_judgement = (struct judgement){
		.why = cell->verdict == VERDICT_FAILED ? UNJUDGED_NO_FRESH : UNJUDGED_NOT,
		.flagged =
			cell->verdict == VERDICT_REGRESSED || cell->verdict == VERDICT_IMPROVED,
		.d = log1p(cell->change),
		.delta = log1p(cell->minimum),
	};
}

int judge_boots_wanted(const struct comparison *comparison, int boots)
{
	struct judging judging = judging_defaults();
	auto_free struct sample *samples = MEM_NEW(struct sample, comparison->cell_count);
	auto_free struct judgement *judgements =
		MEM_NEW(struct judgement, comparison->cell_count);
	int looks = looks_taken(&judging, boots);
	struct confirm_answer answer;

	for (size_t i = 0; i < comparison->cell_count; i++)
		as_judged(&comparison->cells[i], &samples[i], &judgements[i]);
	answer = confirm_next(&judging, looks, samples, judgements, comparison->cell_count);
	return answer.look ? judging.look_boots[looks] : boots;
}

static int judge_values(
	struct db *db, struct comparison *comparison, const char *plan_text, struct err *err)
{
	struct judging judging = judging_defaults();
	struct compare_known known = {0};
	struct raw_set raw = {0};
	struct plan plan = {0};
	int r = plan_parse(comparison->plan, plan_text, &plan, err);

	if (r < 0)
		return err_note(
			err, "stored plan of comparison %lld", (long long)comparison->id);
	r = comparison_values(db, comparison->id, &raw, err);
	if (r == 0) {
		comparison->chunk_bytes = plan.chunk_bytes;
		measures_fill(comparison, &plan, &raw);
		known.looks = looks_of(&judging, comparison);
		compare_fill(&judging, &known, comparison);
		comparison->evidence = tell_evidence(&judging, comparison, known.looks);
		tell_state(comparison);
	}
	raw_set_clear(&raw);
	plan_clear(&plan);
	return r;
}

int judge_comparison(struct db *db, int64_t id, struct comparison *ret, struct err *err)
{
	struct comparison comparison;
	auto_free char *plan_text = NULL;
	int r = comparison_load(db, id, &comparison, &plan_text, err);

	if (r < 0)
		return r;
	r = judge_values(db, &comparison, plan_text, err);
	if (r < 0) {
		comparison_clear(&comparison);
		return r;
	}
	*ret = comparison;
	return 0;
}
