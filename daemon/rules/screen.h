/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SCREEN_H
#define RULES_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/cells.h"
#include "model/judging.h"

/*
 * The screen: a few boots of a new kernel against the stored baseline of its
 * branch. It says what to boot next, and whether a confirm is worth its boots.
 * It tells nobody anything: verdicts come from fresh boots of both kernels.
 *
 * A sample's base side is the level baseline, lab session by lab session, and
 * its fresh side today's boots of the new kernel. Base boots of the same lab
 * session, if any, come last, with the fresh side's session number. Lab
 * sessions differ by more than boots do, so the standard error has a component
 * for them, estimated from the baseline; base boots of today share it with the
 * new kernel's, and are weighed against the stored ones by their variances.
 * Today's variance counts the new kernel's boots and today's base boots only,
 * for the baseline's own is in the history already; there is no guard, because
 * a false trigger costs boots, not trust.
 *
 * With judging->screen_borrows the screen also borrows over the cells: their
 * session components lend each other degrees of freedom, and what all cells
 * of a boot have in common is removed (judge/common.h). Where the boots of the
 * new kernel have moved as a whole, the plain values are tested as well, so
 * that a change of everything is not mistaken for a lucky boot. A metric of
 * which many cells are in the family of the confirm is in it whole.
 */

/* One cell. The judgement is on plain values: what people can work out themselves. */
struct screened {
	struct judgement judgement; /* UNCHANGED, INCONCLUSIVE or FAILED */
	double t3_2;		    /* between lab sessions */
	double a, c;		    /* variance of d from boots, from lab sessions */
	double p;		    /* with what was borrowed; decides */
	double p_today;		    /* the same if lab sessions did not differ */
	bool needs_base; /* lab sessions are the larger part: base boots of today would help */
	bool included;	 /* in the family of a confirm */
};

/* Judges count cells as they stand. */
void screen_judge(const struct judging *judging, const struct sample *samples, size_t count,
	struct screened *ret);

/*
 * Decides after screen_judge(), when `fresh` boots of the new kernel and
 * `base` boots of the base kernel count in this lab session. Before the first
 * boot screened may be NULL.
 */
struct screen_answer screen_next(const struct judging *judging, const struct sample *samples,
	const struct screened *screened, size_t count, int fresh, int base);

#endif
