/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/special.h"
#include "stats/sprt.h"

/* --- what boots say --- */

/* How much further a t quantile lies out than the normal one: sd is known from few boots. */
static double caution(double df)
{
	double normal = special_normal_quantile(0.99);

	return df > 0 ? special_t_quantile(0.99, df) / normal : 1;
}

struct witness_weight witness_weigh(const struct witness_levels *levels, const double *good,
	const double *tested, size_t pairs)
{
	struct witness_weight weight = {BISECT_WEAK, 0, 0};
	double sd = levels->sd * caution(levels->df) * sqrt(2);
	struct sprt sprt;

	if (sprt_init(&sprt, 0, levels->d, sd, NULL) < 0)
		return weight;
	for (size_t i = 0; i < pairs; i++)
		sprt_add(&sprt, tested[i] - good[i]);
	weight.evidence = sprt.sum;
	switch (sprt_answer(&sprt)) {
	case SPRT_HAS:
		weight.word = BISECT_BAD;
		return weight;
	case SPRT_HAS_NOT:
		weight.word = BISECT_GOOD;
		return weight;
	case SPRT_UNCLEAR:
		return weight;
	case SPRT_MORE:
		break;
	}
	weight.word = BISECT_UNTESTED;
	/* As many as it takes at either level; then twice as many, that looks are few. */
	weight.boots = (int)fmin(
		SPRT_BOOTS_MAX, ceil(2 * sprt.bound * sd * sd / levels->d / levels->d));
	if (weight.boots <= (int)pairs)
		weight.boots = (int)fmin(SPRT_BOOTS_MAX, 2 * (double)pairs);
	return weight;
}

/* --- one cell speaks --- */

/* Which of two flagged cells tells more: slower ones first, then by the change beside the
 * noise. */
static bool tells_more(const struct cell *a, const struct cell *b)
{
	if (a->verdict != b->verdict)
		return a->verdict == VERDICT_REGRESSED;
	return fabs(log1p(a->change)) * b->sd > fabs(log1p(b->change)) * a->sd;
}

static char *replace(char *old, const char *text)
{
	free(old);
	return mem_strdup(text);
}

bool witness_choose(const struct comparison *ends, struct bisect *b)
{
	const struct cell *best = NULL;

	for (size_t i = 0; i < ends->cell_count; i++) {
		const struct cell *cell = &ends->cells[i];

		if (cell->verdict != VERDICT_REGRESSED && cell->verdict != VERDICT_IMPROVED)
			continue;
		if (cell->sd > 0 && (!best || tells_more(cell, best)))
			best = cell;
	}
	if (!best)
		return false;
	b->scenario = replace(b->scenario, ends->scenarios[best->scenario].name);
	b->mode = replace(b->mode, ends->modes[best->mode]);
	b->metric = replace(b->metric, ends->metrics[best->metric].name);
	b->unit = replace(b->unit, ends->metrics[best->metric].unit);
	b->d = log1p(best->change);
	b->sd = best->sd;
	b->df = best->df;
	return true;
}

static const struct cell *find_cell(const struct comparison *c, const struct bisect *b)
{
	for (size_t i = 0; b->scenario && i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		if (strcmp(c->scenarios[cell->scenario].name, b->scenario) == 0 &&
			strcmp(c->modes[cell->mode], b->mode) == 0 &&
			strcmp(c->metrics[cell->metric].name, b->metric) == 0)
			return cell;
	}
	return NULL;
}

/*
 * The candidate's boots beside the good end's, in the order in which they were
 * made. *ret_change is their mean difference: a single pair has one, too.
 */
static struct witness_weight weigh_cell(
	const struct bisect *b, const struct cell *cell, double *ret_change)
{
	const struct witness_levels levels = {b->d, b->sd, b->df};
	double good[SPRT_BOOTS_MAX], tested[SPRT_BOOTS_MAX];
	size_t pairs = 0;
	double sum = 0;

	while (pairs < cell->base.count && pairs < cell->fresh.count &&
		pairs < SPRT_BOOTS_MAX) {
		good[pairs] = log(cell->base.values[pairs]);
		tested[pairs] = log(cell->fresh.values[pairs]);
		sum += tested[pairs] - good[pairs];
		pairs++;
	}
	*ret_change = pairs ? expm1(sum / (double)pairs) : 0;
	return witness_weigh(&levels, good, tested, pairs);
}

static enum bisect_word is_bad(bool bad)
{
	return bad ? BISECT_BAD : BISECT_GOOD;
}

void witness_hear(const struct comparison *c, const struct bisect *b, struct bisect_step *step,
	int *ret_boots)
{
	const struct cell *cell = find_cell(c, b);
	enum verdict same = b->d > 0 ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	enum verdict opposite = b->d > 0 ? VERDICT_IMPROVED : VERDICT_REGRESSED;
	struct witness_weight weight;

	step->change = cell ? cell->change : 0;
	step->word = BISECT_SKIP;
	if (!cell)
		return;
	switch (step->kind) {
	case BISECT_TEST:
		weight = weigh_cell(b, cell, &step->change);
		step->word = weight.word;
		step->evidence = weight.evidence;
		*ret_boots = weight.boots;
		return;
	case BISECT_PROOF:
	case BISECT_ALIGNED:
		step->word = is_bad(cell->verdict == same);
		return;
	case BISECT_REVERT:
		step->word = is_bad(cell->verdict != opposite);
		return;
	case BISECT_REBUILT: /* equal images get no verdict, but their p tells */
		step->word = is_bad(cell->p_adjusted <= 0.05);
		return;
	case BISECT_ENDS:
		step->word = is_bad(cell->verdict == same);
		return;
	case BISECT_DESCEND:
	case BISECT_WIDEN:
	case BISECT_KIND_COUNT:
		break;
	}
}
