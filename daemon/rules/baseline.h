/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_BASELINE_H
#define RULES_BASELINE_H

#include <stddef.h>
#include <stdint.h>

#include "model/comparison.h"
#include "model/judging.h"
#include "model/point.h"

/*
 * The level baseline: which stored boots of a branch a new kernel is compared
 * with, cell by cell; and what the history knows of a cell's noise.
 *
 * A level begins with the last change of the cell that was accepted before
 * the new kernel, and ends with the next one that is known, accepted or not:
 * a kernel that was found slower must not teach that this is how fast the
 * branch is.
 */

/* The new kernel, whose own boots are no baseline. */
struct baseline_wish {
	int64_t commit_id; /* 0: no boot is left out */
	int64_t commit_time_s;
};

/*
 * Fills in the points of a series that are the level, as indexes in order of
 * their lab sessions, and returns their number: at most limit, from as many
 * lab sessions as there are, the newest first. ret holds limit of them.
 */
size_t baseline_select(const struct point_set *set, const struct point_series *series,
	const struct baseline_wish *wish, size_t limit, size_t *ret);

/*
 * Puts the level beside a screen: its boots before the comparison's own, marked
 * as stored, its values before the base side's. Boots that the cell's level
 * does not hold are left out, the comparison's own base boots too.
 */
void baseline_add(const struct judging *judging, const struct point_set *set,
	struct comparison *comparison);

/*
 * The variance of a series within kernel and lab session, pooled; df 0 when no
 * kernel was booted twice in one. Not capped.
 */
struct spread baseline_spread(const struct point_set *set, const struct point_series *series);

#endif
