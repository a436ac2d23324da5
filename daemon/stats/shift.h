/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_SHIFT_H
#define STATS_SHIFT_H

#include <stddef.h>

#include "base/err.h"

/*
 * Where the level of a series shifted: E-divisive (Matteson and James, "A
 * nonparametric approach for multiple change point analysis", arXiv 1306.4933)
 * in overlapping windows, with a t-test for significance, and then merging of
 * what is too weak. Time O(count * window), memory O(count).
 *
 * Native mode is the one that decides anything here. The values are natural
 * logs, segments have at least 3 points, and the p-value is calibrated for the
 * split having been chosen (math/calibrate.h).
 *
 * Compat mode reproduces Apache Otava (Hunter) to the index, two known defects
 * included: the variance with divisor n in a formula that wants n - 1, and the
 * left neighbour of a deleted point keeping its old p. Raw values, segments of
 * one point and more, p not calibrated. It exists so that anyone can check us
 * against their own tool.
 */
enum shift_mode { SHIFT_NATIVE, SHIFT_COMPAT };

struct shift_rules {
	enum shift_mode mode;
	size_t window;	   /* points; native 6..50, compat 2..SHIFT_WINDOW_MAX */
	double p_max;	   /* in 0..1; native accepts p <= p_max, compat p < p_max */
	double change_min; /* fraction >= 0; native accepts ratios of at least 1 + change_min */
};

#define SHIFT_WINDOW_MAX 1000

/* What kvmperf uses: window 50, p 0.01, 2 %; and Otava's defaults: 50, 0.001, 0. */
struct shift_rules shift_defaults(enum shift_mode mode);

/* -EINVAL when a rule is out of its range. */
int shift_check(const struct shift_rules *rules, struct err *err);

struct shift_point {
	size_t index;	      /* the first value of the new level */
	double before, after; /* means of the segments around it, as given (native: of logs) */
	double change; /* native: exp(after - before) - 1, compat: after / before - 1; finite */
	double p;      /* native: calibrated; compat: as Otava has it, perhaps stale */
};

struct shift_list {
	struct shift_point *points; /* by rising index */
	size_t count;
};

void shift_list_clear(struct shift_list *list);

/*
 * Returns 0 and the change points, which the caller clears, or -EINVAL for
 * rules out of range and for a value that is not finite. No point is found in
 * a series that is empty, constant or shorter than two segments.
 */
int shift_find(const struct shift_rules *rules, const double *values, size_t count,
	struct shift_list *ret, struct err *err);

/*
 * The first stage alone: the candidates of all windows, before merging, each
 * nominal or calibrated p of its own interval at most 10 p_max (compat: 2
 * p_max from 0.05 and p_max from 0.5 on). Returns as above; ret has room for
 * count indexes and is filled in rising order.
 */
int shift_candidates(const struct shift_rules *rules, const double *values, size_t count,
	size_t *ret, size_t *ret_count, struct err *err);

/*
 * The places around a change point, without a gap, that split nearly as well:
 * largest divergence (math/divergence.h) at least 90 % of that at the point.
 * `low` and `high` are where the neighbouring points (or the ends of the
 * series) are; no more than `reach` values on either side of the index are
 * looked at. Values are finite; there are 3 from low to index and from index
 * to high. The answer keeps that distance from both ends.
 */
void shift_range(const double *values, size_t low, size_t index, size_t high, size_t reach,
	size_t *ret_first, size_t *ret_last);

#endif
