/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_SUMMARY_H
#define STATS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Few numbers to one. All sums are two-pass: no running sums, whose error
 * grows with the history. Values must be finite.
 */

double summary_mean(const double *values, size_t count); /* 0 of none */

/* Sum of the squared deviations from the values' own mean. */
double summary_squares(const double *values, size_t count);

/* Divisor n - 1; 0 for fewer than two values. */
double summary_variance(const double *values, size_t count);

/* Median; reorders the values. 0 of none. */
double summary_median(double *values, size_t count);

/*
 * The boot value of a cell from its processes: the median of their logs when
 * there are three or more, so that one process hit by an interrupt does not
 * move it, else the mean. `wanted` processes were run and `good` of them have
 * a value; with fewer than half of them (rounded up) the boot has none and the
 * answer is false. Reorders logs.
 */
bool summary_boot_value(double *logs, size_t good, size_t wanted, double *ret);

#endif
