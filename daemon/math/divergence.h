/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MATH_DIVERGENCE_H
#define MATH_DIVERGENCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How different two neighbouring segments are, by the distances of their
 * values (Szekely's energy statistic, in the form of Matteson and James, "A
 * nonparametric approach for multiple change point analysis", arXiv
 * 1306.4933). For x = values[0..tau) and y = values[tau..kappa), n and m many:
 *
 *   Q(tau, kappa) =   2/(n+m)           sum |x_i - y_j|
 *                   - 2m/((n+m)(n-1))   sum over pairs |x_i - x_k|
 *                   - 2n/((n+m)(m-1))   sum over pairs |y_j - y_k|
 *
 * where a sum over pairs of one value is 0. Time O(count^2), memory O(count).
 * Values are finite and so are their sums of distances: scale what may be
 * huge. `work` is scratch for DIVERGENCE_WORK(count) numbers.
 */
#define DIVERGENCE_WORK(count) (5 * ((count) + 1))

/*
 * ret[tau], tau = 0..count, is the largest Q(tau, kappa) over all kappa <=
 * count that leave `segment` values (at least 1) on either side; -INFINITY
 * where there is none. ret has room for count + 1 numbers.
 */
void divergence_profile(
	const double *values, size_t count, size_t segment, double *work, double *ret);

/*
 * The tau of the largest Q. Another order of summation must not change the
 * answer, so Q counts as larger from 1e-12 (relative) on, and the first wins.
 * False when count < 2 segment; nothing is written then.
 */
bool divergence_split(const double *values, size_t count, size_t segment, double *work,
	size_t *ret_tau, double *ret_q);

/* Is q larger than the other by more than rounding? */
bool divergence_is_larger(double q, double than);

#endif
