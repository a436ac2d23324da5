/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_BASELINE_H
#define RULES_BASELINE_H

#include <stdbool.h>
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

/* Of a comparison: none is left out when it is of a kernel with itself. */
struct baseline_wish baseline_wish_of(const struct comparison *comparison);

/*
 * Fills in the points of a series that are the level, as indexes in order of
 * their lab sessions, and returns their number: at most limit, from as many
 * lab sessions as there are, the newest first. ret holds limit of them.
 */
size_t baseline_select(const struct point_set *set, const struct point_series *series,
	const struct baseline_wish *wish, size_t limit, size_t *ret);

/*
 * What to read before that: the boots, as indexes in the set, whose points
 * baseline_select() would choose if the series had one of each boot. Its points
 * are not looked at. The answer is the same for series of one level.
 */
size_t baseline_boots(const struct point_set *set, const struct point_series *series,
	const struct baseline_wish *wish, size_t limit, size_t *ret);
bool baseline_is_one_level(const struct point_series *a, const struct point_series *b,
	const struct baseline_wish *wish);

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
