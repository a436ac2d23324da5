/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/nested.h"

#include <math.h>

#include "base/mem.h"

/* One level: group means take the place of the values, their variances are averaged. */
static double fold(double *means, size_t groups, size_t count)
{
	double sum = 0;

	for (size_t g = 0; g < groups; g++) {
		const double *x = means + g * count;
		double mean = 0, squares = 0;

		for (size_t i = 0; i < count; i++)
			mean += x[i];
		mean /= (double)count;
		for (size_t i = 0; i < count; i++)
			squares += (x[i] - mean) * (x[i] - mean);
		sum += squares / (double)(count - 1);
		means[g] = mean;
	}
	return sum / (double)groups;
}

bool nested_components(
	const double *values, const size_t *counts, size_t levels, struct nested *ret)
{
	struct nested nested = {.levels = levels};
	auto_free double *means = NULL;
	size_t total = 1;

	if (levels < 1 || levels > NESTED_LEVELS)
		return false;
	for (size_t i = 0; i < levels; i++)
		if (counts[i] < 2 || __builtin_mul_overflow(total, counts[i], &total))
			return false;
	means = MEM_NEW(double, total);
	for (size_t i = 0; i < total; i++)
		means[i] = values[i];
	for (size_t i = 0; i < levels; i++) {
		total /= counts[i];
		nested.s2[i] = fold(means, total, counts[i]);
		nested.t2[i] = nested.s2[i];
		if (i)
			nested.t2[i] -= nested.s2[i - 1] / (double)counts[i - 1];
		if (nested.t2[i] < 0)
			nested.t2[i] = 0;
	}
	*ret = nested;
	return true;
}

int nested_repetitions(double cost_ratio, double t2_own, double t2_above)
{
	double best;

	if (!(t2_above > 0))
		return 8;
	best = ceil(sqrt(cost_ratio * (t2_own / t2_above)));
	return best >= 8 ? 8 : best >= 2 ? (int)best : 2;
}

static size_t session_length(const int *sessions, size_t from, size_t count)
{
	size_t end = from + 1;

	while (end < count && sessions[end] == sessions[from])
		end++;
	return end - from;
}

static double mean_of(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

bool nested_sessions(
	const double *values, const int *sessions, size_t count, struct nested_sessions *ret)
{
	struct nested_sessions s = {.boots = count};
	double mean, within = 0, between = 0, squares = 0;

	if (!count)
		return false;
	mean = mean_of(values, count);
	for (size_t at = 0, n; at < count; at += n) {
		double own;

		n = session_length(sessions, at, count);
		own = mean_of(values + at, n);
		for (size_t i = at; i < at + n; i++)
			within += (values[i] - own) * (values[i] - own);
		between += (double)n * (own - mean) * (own - mean);
		squares += (double)n * (double)n;
		s.mean += own;
		s.inverse_boots += 1 / (double)n;
		s.sessions++;
	}
	s.mean /= (double)s.sessions;
	if (count > s.sessions)
		s.ms_boot = within / (double)(count - s.sessions);
	if (s.sessions > 1) {
		double df = (double)(s.sessions - 1);

		s.ms_session = between / df;
		s.n0 = ((double)count - squares / (double)count) / df;
		s.t3_2 = fmax(0, (s.ms_session - s.ms_boot) / s.n0);
	}
	*ret = s;
	return true;
}
