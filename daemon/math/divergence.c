/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "math/divergence.h"

#include <math.h>

#define TIE 1e-12

bool divergence_is_larger(double q, double than)
{
	return q > than && (isinf(than) || q > than + TIE * fabs(than));
}

/*
 * Value k joins the series: its distances from all values before it are added
 * to the sums of each tau, so that no table of all distances is needed.
 */
static void add_value(const double *x, size_t k, double *below, double *cross, double *right)
{
	double sum = 0;

	for (size_t i = 0; i < k; i++) {
		sum += fabs(x[i] - x[k]);
		below[i + 1] = sum; /* distances from [0, i] */
	}
	for (size_t tau = 1; tau <= k; tau++) {
		cross[tau] += below[tau];
		right[tau] += sum - below[tau];
	}
	below[k + 1] = sum;
}

void divergence_profile(
	const double *values, size_t count, size_t segment, double *work, double *ret)
{
	double *cross = work, *right = cross + count + 1, *left = right + count + 1;
	double *below = left + count + 1;
	double pairs = 0; /* sum over the pairs of [0, k) */

	for (size_t tau = 0; tau <= count; tau++) {
		cross[tau] = right[tau] = below[tau] = 0;
		ret[tau] = -INFINITY;
	}
	for (size_t k = 0; k < count; k++) {
		double kappa = (double)(k + 1);

		left[k] = k > 1 ? pairs / (double)(k - 1) : 0;
		add_value(values, k, below, cross, right);
		pairs += below[k + 1];
		for (size_t tau = segment; tau + segment <= k + 1; tau++) {
			double n = (double)tau, m = kappa - n;
			double within = m > 1 ? n * right[tau] / (m - 1) : 0;
			double q = (cross[tau] - m * left[tau] - within) * 2 / kappa;

			ret[tau] = q > ret[tau] ? q : ret[tau];
		}
	}
}

bool divergence_split(const double *values, size_t count, size_t segment, double *work,
	size_t *ret_tau, double *ret_q)
{
	double *best = work + 4 * (count + 1);
	double q = -INFINITY;

	if (count < 2 * segment)
		return false;
	divergence_profile(values, count, segment, work, best);
	for (size_t tau = segment; tau + segment <= count; tau++) {
		if (!divergence_is_larger(best[tau], q))
			continue;
		q = best[tau];
		*ret_tau = tau;
	}
	*ret_q = q;
	return true;
}
