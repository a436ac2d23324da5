/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "model/judging.h"
#include "model/raw.h"
#include "rules/compare.h"
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
		compare_fill(&judging, &known, comparison);
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
