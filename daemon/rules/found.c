/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/found.h"

#include <string.h>

#include "base/mem.h"
#include "model/plan.h"

/* What a candidate answered, for people who never saw a bisect. */
static char *answer_of(const struct bisect_step *step)
{
	switch (step->word) {
	case BISECT_BAD:
		return mem_strdup("has the change");
	case BISECT_GOOD:
		return mem_strdup("does not have it");
	case BISECT_WEAK:
		return mem_strdup("cannot separate");
	case BISECT_SKIP:
		return mem_printf(
			"skipped: %s", step->reason ? step->reason : "it could not be tested");
	case BISECT_UNTESTED:
	case BISECT_WORD_COUNT:
		break;
	}
	return mem_strdup("not tested");
}

static void take_step(const struct bisect_step *step, struct finding *ret)
{
	ret->steps = mem_grow(ret->steps, ret->step_count + 1, sizeof(*ret->steps));
	ret->steps[ret->step_count++] = (struct finding_step){
		.oid = mem_strdup(step->commit.oid),
		.subject = mem_strdup(step->commit.subject),
		.answer = answer_of(step),
		.boots = step->boots,
	};
}

static void take_revert(const struct bisect_step *step, struct finding *ret)
{
	ret->revert_on_tip = step->word == BISECT_GOOD	? PROOF_YES
			     : step->word == BISECT_BAD ? PROOF_NO
							: PROOF_IMPOSSIBLE;
	if (step->word == BISECT_SKIP)
		ret->revert_reason = mem_strdup(step->reason);
}

void found_fill(const struct bisect *b, struct finding *ret)
{
	char mode[32];

	*ret = (struct finding){.kind = FINDING_RANGE,
		.from_commit = b->low.id,
		.to_commit = b->high.id,
		.sentence = mem_strdup(b->reason)};
	if (strcmp(b->answer, "commit") == 0)
		ret->kind = FINDING_COMMIT;
	else if (!b->scenario)
		ret->kind = FINDING_NONE;
	if (b->scenario) {
		plan_mode_short(b->mode, mode, sizeof(mode));
		ret->steered_by =
			mem_printf("%s %s %s on %s", b->scenario, mode, b->metric, b->host);
	}
	for (size_t i = 0; i < b->step_count; i++) {
		const struct bisect_step *step = &b->steps[i];

		if (!step->done)
			continue;
		if (step->kind == BISECT_TEST)
			take_step(step, ret);
		else if (step->kind == BISECT_PROOF && step->word == BISECT_BAD)
			ret->comparison_id = step->comparison_id;
		else if (step->kind == BISECT_REVERT && ret->kind == FINDING_COMMIT)
			take_revert(step, ret);
	}
}
