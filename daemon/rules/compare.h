/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_COMPARE_H
#define RULES_COMPARE_H

#include <stdbool.h>

#include "model/comparison.h"
#include "model/judging.h"

/*
 * Fills in what follows from the boot values of a comparison: means and
 * intervals of the sides, the judgement on every cell, the reference table,
 * the counts of verdicts, the headline and its sentence. Pages, terminal, mail
 * and JSON print these and compute nothing again.
 *
 * A cell's boot value that is not finite or not above 0 counts as absent.
 * Only cells of judged metrics are in the family and counted; the others get
 * their numbers but never a flag. May be called again when boots were added.
 */

/* What else is known. Zeroed: no history, all judged cells, boots fixed before. */
struct compare_known {
	const struct spread *history; /* by cell, within kernel and lab session; or NULL */
	const bool *family;	      /* by cell: the screen included it; NULL: all judged */
	int looks;  /* of a confirm that were taken, the last one now; 0: no confirm */
	bool apart; /* the machine changed between boots: nothing can be compared */
};

/*
 * Returns the number of flagged cells. Two kernels of the same image are an A/A
 * run: its flags are counted in the answer, for the host's false-alert rate,
 * but no cell gets a verdict from them. Kernels of different toolchains and
 * boots of different epochs are not compared: every cell fails.
 */
size_t compare_fill(const struct judging *judging, const struct compare_known *known,
	struct comparison *comparison);

#endif
