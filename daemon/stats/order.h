/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_ORDER_H
#define STATS_ORDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What can be said from the order of the values alone. Robust: one process
 * that an interrupt hit, or one odd boot, moves none of it far. Values are
 * finite; answers about no values are 0, with p 1.
 */

void order_sort(double *values, size_t count);

/* Quantile of sorted values, interpolated as R's type 7 does; q in 0..1, 0.5 is the median. */
double order_quantile(const double *sorted, size_t count, double q);

/* Median of the distances from the median; times 1.4826 it estimates a normal sd. */
double order_mad(const double *values, size_t count);

/* Hodges-Lehmann: median of the means of all pairs, a value with itself included. */
double order_centre(const double *values, size_t count);

/* Hodges-Lehmann shift: median of all y - x. */
double order_shift(const double *x, size_t x_count, const double *y, size_t y_count);

/*
 * Interval that contains the quantile of the distribution with at least this
 * probability, whatever the distribution: from the a-th to the b-th of the
 * sorted values, a the largest with P(Bin(count, q) < a) <= (1 - coverage)/2,
 * b the smallest with P(Bin(count, q) >= b) <= the same. False when there are
 * too few values (for the median at 95 %: fewer than 6).
 */
bool order_interval(const double *sorted, size_t count, double q, double coverage,
	double *ret_low, double *ret_high);

/* How the p-value of a rank test is computed. */
enum order_method {
	ORDER_EXACT,  /* all ways to divide the ranks; up to ORDER_EXACT_MAX values a side */
	ORDER_NORMAL, /* normal approximation, corrected for ties and continuity */
};

#define ORDER_EXACT_MAX 50

/*
 * Mann-Whitney U-test. *ret_u is the number of pairs with x above y, a tie
 * counting a half; the answer is the two-sided p. ORDER_EXACT with more than
 * ORDER_EXACT_MAX values on a side becomes ORDER_NORMAL.
 */
double order_rank_test(const double *x, size_t x_count, const double *y, size_t y_count,
	enum order_method method, double *ret_u);

#endif
