/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATH_CALIBRATE_H
#define MATH_CALIBRATE_H

#include <stddef.h>

/*
 * A t-test at the best of all splits is not a p-value: the split was chosen
 * because it looks good, and in pure noise a nominal 0.01 comes up in every
 * tenth window. calibrate_split() gives the probability that the best split
 * of `points` values of Gaussian noise has a nominal two-sided p (pooled
 * t-test, divisor n - 1) of at most p.
 *
 * From the null quantiles of 1,000,000 simulated windows for each of ten
 * sizes, the split being the one of stats/shift with at least 3 points on
 * either side. The statistic depends on neither level nor scale, so one table
 * serves all series. Sizes in between take the next larger one, which errs
 * towards fewer alarms; the table ends at CALIBRATE_POINTS_MAX, and longer
 * windows take its last row, which errs the other way. Between quantiles ln
 * p_cal is linear in ln p. The answer is in 0..1 and rises with p; NaN gives 1.
 */
#define CALIBRATE_POINTS_MIN 6
#define CALIBRATE_POINTS_MAX 50

double calibrate_split(size_t points, double p);

#endif
