/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/cells.h"
#include "judge/evidence.h"
#include "judge/reference.h"
#include "judge/sentence.h"
#include "stats/ratio.h"

/* Everything of one call. */
struct work {
	const struct judging *judging;
	const struct compare_known *known;
	struct comparison *c;
	struct evidence evidence;
	struct evidence_logs *logs; /* the evidence's */
	struct sample *samples;	    /* ... */
	struct judgement *judgements;
	bool same_image; /* an A/A run */
	bool differs;	 /* the epochs do: nothing can be compared */
};

static void work_open(struct work *w)
{
	const struct compare_known *known = w->known;
	size_t count = w->c->cell_count;

	evidence_open(w->judging, w->c, !w->differs, &w->evidence);
	w->logs = w->evidence.logs;
	w->samples = w->evidence.samples;
	w->judgements = MEM_NEW(struct judgement, count + 1);
	for (size_t i = 0; i < count; i++) {
		if (known->family && !known->family[i])
			w->samples[i].in_family = false;
		if (known->history)
			w->samples[i].history = known->history[i];
	}
}

static void work_close(struct work *w)
{
	evidence_close(&w->evidence);
	free(w->judgements);
}

/* --- looks --- */

/* The boots of a side that a look saw: those below the answer. */
static size_t look_end(const struct comparison *c, char side, int boots)
{
	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == side && c->boots[i].failure == FAILURE_NONE &&
			--boots < 0)
			return i;
	return c->boot_count;
}

static size_t count_below(const struct evidence_logs *logs, size_t end)
{
	size_t n = 0;

	while (n < logs->count && logs->boots[n] < end)
		n++;
	return n;
}

/* A confirm is one lab session, so the boots of a look come first in the logs. */
static void take_looks(struct work *w)
{
	const struct judging *judging = w->judging;
	size_t count = w->c->cell_count;
	int looks = w->known->looks < judging->looks ? w->known->looks : judging->looks;

	for (int k = 0; k < looks; k++) {
		size_t base_end = look_end(w->c, 'A', judging->look_boots[k]);
		size_t fresh_end = look_end(w->c, 'B', judging->look_boots[k]);

		for (size_t i = 0; i < count; i++) {
			w->samples[i].base_count = count_below(&w->logs[2 * i], base_end);
			w->samples[i].fresh_count = count_below(&w->logs[2 * i + 1], fresh_end);
		}
		cells_judge(judging, w->samples, count, judging->look_weight[k], w->judgements);
		for (size_t i = 0; i < count; i++)
			w->samples[i].p_before = w->judgements[i].p_valid;
	}
	if (looks < 1)
		cells_judge(judging, w->samples, count, 1, w->judgements);
}

/* --- judgements to cells --- */

static void fill_cells(struct work *w)
{
	evidence_sides(&w->evidence, w->c);
	memset(w->c->verdicts, 0, sizeof(w->c->verdicts));
	for (size_t i = 0; i < w->c->cell_count; i++) {
		struct cell *cell = &w->c->cells[i];
		const struct judgement *j = &w->judgements[i];

		cell->verdict = j->verdict;
		cell->in_family = w->samples[i].in_family;
		cell->noisy_today = j->noisy_today;
		cell->change = ratio_change(j->d);
		cell->low = ratio_change(j->low);
		cell->high = ratio_change(j->high);
		cell->p = j->p;
		cell->p_adjusted = j->p_adjusted;
		cell->mde = j->mde;
		cell->minimum = ratio_change(j->delta);
		cell->sd = sqrt(j->used.variance);
		cell->df = j->used.df;
		if (w->c->metrics[cell->metric].judged)
			w->c->verdicts[j->verdict]++;
	}
}

/* --- the headline --- */

static enum verdict headline_of(const struct comparison *c)
{
	size_t judged = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		judged += c->verdicts[i];
	if (c->verdicts[VERDICT_REGRESSED])
		return VERDICT_REGRESSED;
	if (c->verdicts[VERDICT_IMPROVED])
		return VERDICT_IMPROVED;
	if (c->verdicts[VERDICT_FAILED] == judged)
		return VERDICT_FAILED;
	return c->verdicts[VERDICT_UNCHANGED] >= c->verdicts[VERDICT_INCONCLUSIVE]
		       ? VERDICT_UNCHANGED
		       : VERDICT_INCONCLUSIVE;
}

/* The cells of one metric that are judged, and how many of them carry a verdict. */
struct tally {
	size_t cells, flagged;
	double weight; /* sum of |log change| of the flagged */
};

static struct tally tally_metric(const struct work *w, size_t metric, enum verdict verdict)
{
	struct tally t = {0};

	for (size_t i = 0; i < w->c->cell_count; i++) {
		if (w->c->cells[i].metric != metric || w->c->cells[i].verdict == VERDICT_FAILED)
			continue;
		t.cells++;
		if (w->c->cells[i].verdict != verdict)
			continue;
		t.flagged++;
		t.weight += fabs(w->judgements[i].d);
	}
	return t;
}

/* The metric with the most cells of the verdict; equal ones by the size of the change. */
static size_t headline_metric(const struct work *w, enum verdict verdict, struct tally *ret)
{
	size_t best = w->c->metric_count;

	for (size_t i = 0; i < w->c->metric_count; i++) {
		struct tally t = tally_metric(w, i, verdict);

		if (!w->c->metrics[i].judged || !t.flagged)
			continue;
		if (best < w->c->metric_count &&
			(t.flagged < ret->flagged ||
				(t.flagged == ret->flagged && t.weight <= ret->weight)))
			continue;
		best = i;
		*ret = t;
	}
	return best;
}

static bool same_boots(const struct evidence_logs *a, const struct evidence_logs *b)
{
	return a->count == b->count &&
	       !memcmp(a->boots, b->boots, a->count * sizeof(*a->boots));
}

/* The cell of the metric with the most boots: those that have the same boots are averaged. */
static size_t fullest_cell(const struct work *w, size_t metric)
{
	size_t best = w->c->cell_count, most = 0;

	for (size_t i = 0; i < w->c->cell_count; i++) {
		size_t n = w->logs[2 * i].count + w->logs[2 * i + 1].count;

		if (w->c->cells[i].metric == metric &&
			w->c->cells[i].verdict != VERDICT_FAILED && n > most) {
			best = i;
			most = n;
		}
	}
	return best;
}

/*
 * The effect on a metric: its cells averaged boot by boot first, because the
 * cells of a boot move together, then judged as one series without history.
 */
static void judge_metric(const struct work *w, size_t metric, struct judgement *ret)
{
	size_t first = fullest_cell(w, metric), n = 0;
	const struct evidence_logs *base = &w->logs[2 * first], *fresh = base + 1;
	auto_free double *sums = MEM_NEW(double, base->count + fresh->count + 1);
	struct sample s = w->samples[first];

	for (size_t i = 0; i < w->c->cell_count; i++) {
		const struct evidence_logs *a = &w->logs[2 * i], *b = a + 1;

		if (w->c->cells[i].metric != metric || !same_boots(a, base) ||
			!same_boots(b, fresh))
			continue;
		n++;
		for (size_t k = 0; k < a->count; k++)
			sums[k] += a->values[k];
		for (size_t k = 0; k < b->count; k++)
			sums[a->count + k] += b->values[k];
	}
	for (size_t k = 0; k < base->count + fresh->count; k++)
		sums[k] /= (double)n;
	s.base = sums;
	s.fresh = sums + base->count;
	s.base_count = base->count;
	s.fresh_count = fresh->count;
	s.history = (struct spread){0, 0};
	cells_judge(w->judging, &s, 1, 1, ret);
}

/* How the epochs of the two sides differ; NULL when they do not. The caller frees. */
static char *apart_phrase(const struct work *w)
{
	if (w->known->apart)
		return mem_strdup(
			"the machine changed between its boots (firmware, "
			"processors, memory or the way KVM runs); measure anew");
	if (w->differs)
		return mem_printf(
			"toolchain %.80s against %.80s; build both with one and measure anew",
			w->c->base.toolchain, w->c->fresh.toolchain);
	return NULL;
}

/* Why nothing could be judged, as far as the cells know. */
static const char *failed_phrase(const struct work *w)
{
	for (size_t i = 0; i < w->c->cell_count; i++)
		if (w->c->metrics[w->c->cells[i].metric].judged && w->judgements[i].why)
			return unjudged_phrase(w->judgements[i].why);
	return "nothing was measured";
}

static void fill_headline(const struct work *w, size_t flagged)
{
	struct sentence_facts facts = {.same_image = w->same_image, .flagged_cells = flagged};
	auto_free char *apart = apart_phrase(w);
	struct judgement j = {0};

	w->c->headline = headline_of(w->c);
	facts.apart = apart;
	w->c->effect = (struct comparison_effect){0};
	facts.failed = failed_phrase(w);
	if (w->c->headline == VERDICT_REGRESSED || w->c->headline == VERDICT_IMPROVED) {
		struct tally tally = {0};

		facts.metric = headline_metric(w, w->c->headline, &tally);
		facts.metric_cells = tally.cells;
		facts.metric_flagged = tally.flagged;
		judge_metric(w, facts.metric, &j);
		facts.change = ratio_change(j.d);
		facts.low = ratio_change(j.low);
		facts.high = ratio_change(j.high);
		facts.has_interval = !j.why;
		w->c->effect = (struct comparison_effect){facts.metric, facts.change, facts.low,
			facts.high, tally.cells, tally.flagged};
	}
	free(w->c->sentence);
	w->c->sentence = sentence_write(w->c, &facts);
}

/* Flags of an A/A run are counted, but nobody is accused by them. */
static size_t drop_flags(struct work *w)
{
	size_t flagged = 0;

	for (size_t i = 0; i < w->c->cell_count; i++) {
		flagged += w->judgements[i].flagged;
		if (w->same_image && w->judgements[i].flagged)
			w->judgements[i].verdict = VERDICT_INCONCLUSIVE;
	}
	return flagged;
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

static bool agree(const char *a, const char *b)
{
	return a && b && *a && strcmp(a, b) == 0;
}

size_t compare_fill(const struct judging *judging, const struct compare_known *known,
	struct comparison *comparison)
{
	struct work w = {
		.judging = judging,
		.known = known,
		.c = comparison,
		.same_image = agree(comparison->base.image_hash, comparison->fresh.image_hash),
		.differs = known->apart ||
			   differ(comparison->base.toolchain, comparison->fresh.toolchain),
	};
	size_t flagged;

	work_open(&w);
	take_looks(&w);
	flagged = drop_flags(&w);
	comparison->same_image = w.same_image;
	comparison->flagged = flagged;
	fill_cells(&w);
	reference_fill(comparison);
	fill_headline(&w, flagged);
	work_close(&w);
	return flagged;
}
