/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/bisect.h"

#include <math.h>

#include "base/mem.h"

static const char *const why_phrases[BISECT_WHY_COUNT] = {
	[BISECT_WHY_NONE] = "nothing stands against it",
	[BISECT_WHY_ENDS] =
		"fresh boots of the two ends do not show a change that is large "
		"enough to be followed",
	[BISECT_WHY_SKIP] = "the commits in between do not build or boot",
	[BISECT_WHY_WEAK] =
		"the boots of commits in between lie between the two levels, or "
		"vary too much to tell",
	[BISECT_WHY_FORK] = "the commit that the merged branch began at has the change already",
	[BISECT_WHY_UNPROVED] =
		"fresh boots of the suspect and its parent do not show the "
		"change",
	[BISECT_WHY_CONTRADICT] =
		"the answers of single commits and fresh boots contradict "
		"each other",
	[BISECT_WHY_REBUILT] =
		"the suspect's parent, measured against itself, differs as well: "
		"the host cannot be trusted",
	[BISECT_WHY_LAYOUT] =
		"the change goes away when functions are aligned to 64 bytes: it "
		"comes from where code lies, not from what it does",
};

const char *bisect_why_phrase(enum bisect_why why)
{
	return why_phrases[why];
}

/* --- the window --- */

/* What is left: the change came after low, at the latest with high. */
struct window {
	size_t low, high;
	size_t open;	   /* candidates in between that can still be tested */
	size_t skip, weak; /* ... that cannot */
	bool gap;	   /* commits are left out in between */
};

/* The last good candidate before an index; the good end at the latest. */
static size_t good_before(const struct bisect_facts *f, size_t at)
{
	while (at > 0 && f->chain[--at].word != BISECT_GOOD)
		;
	return at;
}

static size_t bad_after(const struct bisect_facts *f, size_t at)
{
	while (++at < f->count - 1 && f->chain[at].word != BISECT_BAD)
		;
	return at < f->count - 1 ? at : f->count - 1;
}

static struct window window_of(const struct bisect_facts *f)
{
	struct window w = {0};

	w.high = bad_after(f, 0);
	w.low = good_before(f, w.high);
	w.gap = f->chain[w.high].gap;
	for (size_t i = w.low + 1; i < w.high; i++) {
		w.open += f->chain[i].word == BISECT_UNTESTED;
		w.skip += f->chain[i].word == BISECT_SKIP;
		w.weak += f->chain[i].word == BISECT_WEAK;
		w.gap |= f->chain[i].gap;
	}
	return w;
}

/* --- which candidate --- */

/* Distance to the next candidate that could not tell; 0: there is none in the window. */
static size_t far_from_trouble(const struct bisect_facts *f, const struct window *w, size_t at)
{
	for (size_t away = 1; away < w->high - w->low; away++) {
		size_t before = at > w->low + away ? at - away : w->low;
		size_t after = at + away < w->high ? at + away : w->high;

		if (f->chain[before].word >= BISECT_SKIP || f->chain[after].word >= BISECT_SKIP)
			return away;
	}
	return 0;
}

/*
 * How much a candidate is worth that should cut the window at share x: the
 * bits that its answer tells, about, times the chance of an answer. Commits
 * that do not build come in runs: next to one every second builds, two away
 * three of four, and so on.
 */
static double worth(const struct bisect_facts *f, const struct window *w, size_t at, double x)
{
	double off = (double)(at - w->low) / (double)(w->high - w->low) - x;
	double bits = 1 - 2.9 * off * off;
	size_t away = far_from_trouble(f, w, at);

	return away ? bits * (1 - exp2(-(double)away)) : bits;
}

static bool is_taken(const struct bisect_deed *deed, size_t at)
{
	for (size_t i = 0; i < deed->count; i++)
		if (deed->at[i] == at)
			return true;
	return false;
}

/* Candidates that cut the window into equal parts, as many as are worth it. */
static struct bisect_deed test_some(const struct bisect_facts *f, const struct window *w)
{
	struct bisect_deed deed = {.kind = BISECT_TEST, .low = w->low, .high = w->high};
	size_t wanted = (size_t)bisect_width(&f->costs);

	if (wanted > w->open)
		wanted = w->open;
	for (size_t k = 1; k <= wanted; k++) {
		double x = (double)k / (double)(wanted + 1), most = -1;
		size_t best = w->low;

		for (size_t i = w->low + 1; i < w->high; i++) {
			double value;

			if (f->chain[i].word != BISECT_UNTESTED || is_taken(&deed, i))
				continue;
			value = worth(f, w, i, x);
			if (value > most + 1e-9) { /* equal but for rounding: the first */
				most = value;
				best = i;
			}
		}
		deed.at[deed.count++] = best;
	}
	return deed;
}

int bisect_width(const struct bisect_costs *costs)
{
	int best = 1;
	double least = INFINITY;

	for (int k = 1; k <= BISECT_AT_ONCE; k++) {
		double price =
			(costs->session + k * (costs->build + costs->boot)) / log2(k + 1);

		if (costs->build < costs->boot && price < least) {
			best = k;
			least = price;
		}
	}
	return best;
}

/* --- the next deed --- */

static struct bisect_deed range(enum bisect_why why, size_t low, size_t high)
{
	return (struct bisect_deed){.is_answer = true, .why = why, .low = low, .high = high};
}

static struct bisect_deed deed_of(enum bisect_kind kind, const struct window *w)
{
	return (struct bisect_deed){.kind = kind, .low = w->low, .high = w->high};
}

/* A range that does not trust the answers next to the suspect. */
static struct bisect_deed wide_range(
	const struct bisect_facts *f, enum bisect_why why, const struct window *w)
{
	return range(why, good_before(f, w->low), bad_after(f, w->high));
}

/* The suspect is proved: what else belongs to its proof. */
static struct bisect_deed after_proof(const struct bisect_facts *f, const struct window *w)
{
	if (f->rebuilt == BISECT_UNTRIED)
		return deed_of(BISECT_REBUILT, w);
	if (f->rebuilt == BISECT_FAILS)
		return range(BISECT_WHY_REBUILT, w->low, w->high);
	if (f->aligned == BISECT_UNTRIED)
		return deed_of(BISECT_ALIGNED, w);
	if (f->aligned == BISECT_FAILS)
		return range(BISECT_WHY_LAYOUT, w->low, w->high);
	if (f->revert == BISECT_UNTRIED)
		return deed_of(BISECT_REVERT, w);
	return range(BISECT_WHY_NONE, w->low, w->high);
}

static enum bisect_proof proof_of(const struct bisect_facts *f, const struct window *w)
{
	const struct bisect_candidate *c = &f->chain[w->high];

	return c->proof_low == w->low ? c->proof : BISECT_UNTRIED;
}

/* The rest cannot be tested, but that the change lies in it can be proved. */
static struct bisect_deed stretch(
	const struct bisect_facts *f, enum bisect_why why, const struct window *w)
{
	bool is_whole = w->low == 0 && w->high == f->count - 1; /* the ends were compared */

	switch (proof_of(f, w)) {
	case BISECT_UNTRIED:
		return is_whole ? range(why, w->low, w->high) : deed_of(BISECT_PROOF, w);
	case BISECT_FAILS:
		return wide_range(f, BISECT_WHY_UNPROVED, w);
	case BISECT_HOLDS:
	case BISECT_CANNOT:
		break;
	}
	return range(why, w->low, w->high);
}

/* Nothing is left between a good and a bad candidate: one suspect, unless it hides others. */
static struct bisect_deed suspect(const struct bisect_facts *f, const struct window *w)
{
	const struct bisect_candidate *c = &f->chain[w->high];
	enum bisect_proof proof = proof_of(f, w);
	bool is_bad_end = w->high == f->count - 1;
	struct bisect_deed deed;

	if (proof == BISECT_HOLDS)
		return after_proof(f, w);
	if (proof == BISECT_CANNOT) /* its parent does not build or boot */
		return range(BISECT_WHY_SKIP, w->low, w->high);
	if (w->gap && (!c->in_paths || proof == BISECT_FAILS))
		return deed_of(BISECT_WIDEN, w);
	if (w->low == 0 && f->chain[0].word == BISECT_UNTESTED) /* where the branch forked */
		return (struct bisect_deed){.kind = BISECT_TEST, .high = w->high, .count = 1};
	if (c->parents > 1 && !(is_bad_end && f->side >= c->parents)) {
		deed = deed_of(BISECT_DESCEND, w);
		deed.parent = is_bad_end && f->side ? f->side + 1 : 2;
		return deed;
	}
	return proof == BISECT_FAILS ? wide_range(f, BISECT_WHY_UNPROVED, w)
				     : deed_of(BISECT_PROOF, w);
}

struct bisect_deed bisect_next(const struct bisect_facts *f)
{
	struct window w = window_of(f);
	size_t weak = 0;

	if (f->ends == BISECT_UNTRIED)
		return (struct bisect_deed){.kind = BISECT_ENDS, .high = f->count - 1};
	if (f->ends != BISECT_HOLDS)
		return range(BISECT_WHY_ENDS, 0, f->count - 1);
	if (f->chain[0].word == BISECT_BAD)
		return range(BISECT_WHY_FORK, 0, f->count - 1);
	if (f->retries > BISECT_RETRIES)
		return range(BISECT_WHY_CONTRADICT, 0, f->count - 1);
	for (size_t i = 0; i < f->count; i++)
		weak += f->chain[i].word == BISECT_WEAK;
	if (weak >= BISECT_WEAK_LIMIT)
		return stretch(f, BISECT_WHY_WEAK, &w);
	if (w.open)
		return test_some(f, &w);
	if (w.skip + w.weak)
		return stretch(f, w.weak ? BISECT_WHY_WEAK : BISECT_WHY_SKIP, &w);
	return suspect(f, &w);
}
