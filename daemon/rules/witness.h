/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_WITNESS_H
#define RULES_WITNESS_H

#include <stddef.h>

#include "model/bisect.h"
#include "model/comparison.h"

/*
 * What measured comparisons say to a bisect.
 *
 * One cell speaks: that whose change is largest beside its noise. A candidate
 * is booted in turns with the good end, so that each pair of boots carries its
 * own control and a host that drifts moves both. The border between good and
 * bad is half of the change between the ends, and Wald's sequential test
 * (stats/sprt.h) on the differences of the pairs says when to stop.
 */

/* The change that is looked for, in one cell. */
struct witness_levels {
	double d;  /* of the bad end, as log */
	double sd; /* between boots of one kernel, of logs */
	double df; /* degrees of freedom behind sd: few make the test cautious */
};

struct witness_weight {
	enum bisect_word word; /* UNTESTED: boot on; never SKIP */
	int boots;	       /* a side, in all, that are wanted then */
	double evidence;       /* +-4.6 is sure */
};

/* What the boot values (logs) of good end and candidate, pair by pair, say so far. */
struct witness_weight witness_weigh(const struct witness_levels *levels, const double *good,
	const double *tested, size_t pairs);

/*
 * Chooses the cell from a judged comparison of the ends and sets cell, d, sd
 * and df: a slower one before a faster one. False when none is flagged.
 */
bool witness_choose(const struct comparison *ends, struct bisect *bisect);

/*
 * What a step's comparison, done and judged, says: sets word, evidence and
 * change. An open test that needs more boots keeps BISECT_UNTESTED, and
 * *ret_boots is how many a side it wants in all, as before the first boot.
 */
void witness_hear(const struct comparison *comparison, const struct bisect *bisect,
	struct bisect_step *step, int *ret_boots);

#endif
