/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_TREND_H
#define RULES_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What the history of all cells says after a night: which ranges of kernels
 * deserve a confirm. It never alerts: points of a series come from different
 * lab sessions, so drift of the host is in them, and only fresh interleaved
 * boots of both kernels can tell.
 *
 * Per cell the newest change point among the last 50 kernels that nothing
 * covers yet, with its calibrated p; over all cells Benjamini-Hochberg, cells without such a
 * point taking part with p = 1. What remains is reported as ranges of kernels; ranges that
 * overlap are one confirm.
 */

/* Kernels by their place along first parents, both ends included. */
struct trend_span {
	int64_t first, last;
};

/* The history of one cell in one epoch. All pointers are borrowed. */
struct trend_cell {
	const double *values;	/* a kernel each: mean over its lab sessions, of logs; finite */
	const int64_t *kernels; /* its place along first parents, rising */
	size_t count;
	const struct trend_span *covered; /* by events and earlier confirms of this cell */
	size_t covered_count;
};

/* The newest uncovered point of a cell that is significant over all cells. */
struct trend_point {
	size_t cell;
	int64_t kernel;		/* the first of the new level */
	struct trend_span span; /* kernels that split the history nearly as well */
	int64_t before, after;	/* the measured kernels next to the span */
	double change;		/* fraction, 0.05 is 5 % slower */
	double p;		/* calibrated for the split having been chosen */
	double p_adjusted;	/* over all cells */
};

/* A confirm to schedule: boots of `before` against boots of `after`. */
struct trend_confirm {
	int64_t before, after;
	struct trend_span span; /* what it covers */
	size_t points;		/* how many cells ask for it */
	double p;		/* the smallest of theirs, adjusted */
};

struct trend {
	struct trend_point *points; /* by rising first kernel of the span */
	size_t point_count;
	struct trend_confirm *confirms; /* by rising kernel */
	size_t confirm_count;
};

void trend_clear(struct trend *trend);

/*
 * Judges the cells at false discovery rate q in 0..1. Returns 0 and the
 * answer, which the caller clears, or -EINVAL for a value that is not finite
 * or kernels that do not rise, naming the cell by its number.
 */
int trend_judge(const struct trend_cell *cells, size_t count, double q, struct trend *ret,
	struct err *err);

#endif
