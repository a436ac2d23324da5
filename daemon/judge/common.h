/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_COMMON_H
#define JUDGE_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "model/judging.h"

/*
 * What the cells of one boot have in common. A boot places pages and clocks as
 * it happens to, and all its cells are faster or slower together; so the cells
 * of the other metrics tell how fast a boot was, and a change of one cell
 * stands out better without that part.
 *
 * The score of a boot, seen from a metric, is the median over the cells of all
 * other metrics of (value - centre) / scale: a change of the metric itself, or
 * of few cells, does not move it. A change of all cells does, and removing the
 * score would hide it: the scores are there to be judged by themselves.
 *
 * What is removed is scale * score, or for a boot that is slower by the same
 * percentage everywhere that percentage, too.
 */

#define COMMON_CELLS 12 /* fewer cells of other metrics give no score */

struct common {
	struct sample *adjusted; /* by cell: values less scale * score, or as they were */
	bool *has_scores;	 /* by cell: its metric has scores */
	size_t *metric_of;	 /* by cell: index into scores */
	struct sample *scores;	 /* by metric, as if they were a cell; count 0 without any */
	double *memory;		 /* what the samples above point into */
};

/*
 * centres and scales are by cell; a scale of 0 leaves the cell out. Samples
 * need boot numbers. False, and nothing to free, when no metric has scores.
 * The caller ends with common_clear(); the samples must live as long.
 */
bool common_find(const struct sample *samples, const double *centres, const double *scales,
	size_t count, struct common *ret);

void common_clear(struct common *common);

#endif
