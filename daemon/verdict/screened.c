/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/screened.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/evidence.h"
#include "judge/reference.h"
#include "rules/screen.h"
#include "stats/ratio.h"
#include "text/number.h"

struct work {
	const struct judging *judging;
	struct comparison *c;
	struct evidence evidence;
	struct screened *screened; /* by cell */
	int fresh, base;	   /* boots of today that count */
};

/* Good boots of a side in this comparison, not those of the level. */
static int today(const struct comparison *c, char side)
{
	int count = 0;

	for (size_t i = 0; i < c->boot_count; i++)
		count += !c->boots[i].stored && c->boots[i].side == side &&
			 c->boots[i].failure == FAILURE_NONE;
	return count;
}

/*
 * The judged cells as a family, and the others, which are only shown, by
 * themselves: they lend and borrow nothing.
 */
static struct screen_answer judge(struct work *w)
{
	size_t count = w->evidence.cells, judged = 0, shown = 0;
	auto_free struct sample *samples = MEM_NEW(struct sample, count + 1);
	auto_free struct screened *answers = MEM_NEW(struct screened, count + 1);
	auto_free size_t *cells = MEM_NEW(size_t, count + 1);
	struct judging plain = *w->judging;

	plain.screen_borrows = false;
	for (size_t i = 0; i < count; i++)
		if (w->evidence.samples[i].in_family)
			cells[judged++] = i;
	for (size_t i = 0; i < count; i++)
		if (!w->evidence.samples[i].in_family)
			cells[judged + shown++] = i;
	for (size_t k = 0; k < count; k++)
		samples[k] = w->evidence.samples[cells[k]];
	screen_judge(w->judging, samples, judged, answers);
	screen_judge(&plain, samples + judged, shown, answers + judged);
	for (size_t k = 0; k < count; k++)
		w->screened[cells[k]] = answers[k];
	return screen_next(w->judging, samples, answers, judged, w->fresh, w->base);
}

static void fill_cells(struct work *w)
{
	struct comparison *c = w->c;
	bool collecting = c->screen.step == SCREEN_COLLECT;

	evidence_sides(&w->evidence, c);
	memset(c->verdicts, 0, sizeof(c->verdicts));
	for (size_t i = 0; i < c->cell_count; i++) {
		struct cell *cell = &c->cells[i];
		const struct screened *s = &w->screened[i];
		const struct judgement *j = &s->judgement;
		bool judged = c->metrics[cell->metric].judged;

		if (!j->why)
			cell->base.mean = exp(j->mean_base);
		cell->verdict = collecting && !j->why ? VERDICT_INCONCLUSIVE : j->verdict;
		cell->in_family = judged && (c->screen.step != SCREEN_CONFIRM || s->included);
		cell->change = ratio_change(j->d);
		cell->low = ratio_change(j->low);
		cell->high = ratio_change(j->high);
		cell->p = s->p;
		cell->p_adjusted = 1;
		cell->mde = j->mde;
		cell->minimum = ratio_change(j->delta);
		if (judged)
			c->verdicts[cell->verdict]++;
	}
}

/* The largest increase that no cell excludes. */
static double excluded_above(const struct comparison *c)
{
	double worst = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		if (c->metrics[c->cells[i].metric].judged &&
			c->cells[i].verdict != VERDICT_FAILED)
			worst = fmax(worst, c->cells[i].high);
	return worst;
}

static char *say_quiet(const struct work *w)
{
	const struct comparison *c = w->c;
	auto_free char *without = NULL;
	char limit[NUMBER_BYTES];

	number_percent(excluded_above(c), limit);
	if (c->verdicts[VERDICT_FAILED])
		without = mem_printf(
			" that has values, %zu have none", c->verdicts[VERDICT_FAILED]);
	return mem_printf(
		"NO CHANGE SEEN, %d boots against %zu baseline boots; %s above %s are "
		"excluded in every cell%s",
		w->fresh, c->level_boots, c->emulated ? "increases" : "slowdowns",
		limit + (limit[0] == '+'), without ? without : "");
}

static size_t at_most(size_t value, size_t limit)
{
	return value < limit ? value : limit;
}

/* What is there already of both that a level needs. */
static char *say_collecting(const struct work *w)
{
	const struct judging *judging = w->judging;

	return mem_printf(
		"COLLECTING BASELINE, %zu of %zu boots, %zu of %zu lab sessions; no "
		"verdicts yet",
		at_most(w->c->level_boots, judging->baseline_boots), judging->baseline_boots,
		at_most(w->c->level_sessions, judging->baseline_sessions),
		judging->baseline_sessions);
}

static char *say(const struct work *w, bool same_image)
{
	const struct comparison *c = w->c;

	if (same_image && c->screen.step != SCREEN_MEASURE)
		return mem_printf(
			"SAME BUILD as the base (image hash %.12s): no verdict; its "
			"%d boots join the baseline",
			c->fresh.image_hash, w->fresh);
	switch (c->screen.step) {
	case SCREEN_COLLECT:
		return say_collecting(w);
	case SCREEN_QUIET:
		return say_quiet(w);
	case SCREEN_CONFIRM:
		return mem_printf("SUSPICIOUS, %zu %s", c->screen.triggers,
			c->screen.triggers == 1 ? "cell" : "cells");
	case SCREEN_MEASURE:
		if (c->screen.order[0] == 'A')
			return mem_printf(
				"SCREENING, %d boots so far; base boots of the same "
				"lab session are next",
				w->fresh);
		return mem_printf("SCREENING, %d of %d boots so far", w->fresh,
			w->fresh + (int)strspn(c->screen.order, "B"));
	}
	return NULL;
}

static char *say_evidence(const struct work *w)
{
	const struct comparison *c = w->c;

	return mem_printf(
		"screen: %d boots of the new kernel%s against %zu boots of %zu lab "
		"sessions; a confirm is asked for at p <= %g and counts from %g %% up",
		w->fresh, w->base ? " and base boots of the same lab session" : "",
		c->level_boots, c->level_sessions, w->judging->trigger_p,
		100 * w->judging->minimum_effect);
}

static enum verdict headline_of(const struct comparison *c, size_t judged)
{
	if (judged == c->verdicts[VERDICT_FAILED] && c->screen.step == SCREEN_QUIET)
		return VERDICT_FAILED;
	return c->screen.step == SCREEN_QUIET ? VERDICT_UNCHANGED : VERDICT_INCONCLUSIVE;
}

void screened_fill(
	const struct judging *judging, const struct spread *history, struct comparison *c)
{
	struct work w = {.judging = judging,
		.c = c,
		.fresh = today(c, 'B'),
		.base = today(c, 'A'),
		.screened = MEM_NEW(struct screened, c->cell_count + 1)};
	const char *image = c->base.image_hash;
	bool same_image = image && *image && c->fresh.image_hash &&
			  strcmp(image, c->fresh.image_hash) == 0;
	size_t judged = 0;

	evidence_open(judging, c, true, &w.evidence);
	for (size_t i = 0; i < c->cell_count; i++) {
		judged += c->metrics[c->cells[i].metric].judged;
		if (history)
			w.evidence.samples[i].history = history[i];
	}
	c->screen = judge(&w);
	if (same_image && c->screen.step == SCREEN_CONFIRM)
		c->screen.step = SCREEN_QUIET;
	c->same_image = same_image;
	fill_cells(&w);
	reference_fill(c);
	c->headline = headline_of(c, judged);
	free(c->sentence);
	free(c->evidence);
	c->sentence = say(&w, same_image);
	c->evidence = say_evidence(&w);
	evidence_close(&w.evidence);
	free(w.screened);
}
