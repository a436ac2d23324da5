/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/moderated.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/special.h"

struct moderated moderated_variance(
	struct spread today, struct spread prior, double guard_p, double floor_sd)
{
	struct moderated m = {0};
	double df;

	if (!(prior.df > 0))
		prior = (struct spread){0, 0};
	if (prior.df > 0 && today.df > 0 && guard_p > 0)
		m.guarded = today.variance > 0 &&
			    (!(prior.variance > 0) ||
				    special_f_tail(today.variance / prior.variance, today.df,
					    prior.df) < guard_p);
	if (m.guarded)
		prior = (struct spread){0, 0};
	df = prior.df + today.df;
	if (!(df > 0))
		return m;
	m.lent_df = prior.df;
	m.spread.df = df;
	m.spread.variance = fmax((prior.df * prior.variance + today.df * today.variance) / df,
		floor_sd * floor_sd);
	return m;
}

static int order(const void *a, const void *b)
{
	const struct spread *x = a, *y = b;

	return (x->variance > y->variance) - (x->variance < y->variance);
}

/* Quantised values give variances of 0, whose log would rule the fit. */
static size_t usable(const struct spread *today, size_t count, struct spread *ret)
{
	double median, least;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (today[i].df > 0)
			ret[n++] = today[i];
	if (!n)
		return 0;
	qsort(ret, n, sizeof(*ret), order);
	median = (ret[(n - 1) / 2].variance + ret[n / 2].variance) / 2;
	if (!(median > 0))
		return 0;
	least = 1e-5 * median;
	for (size_t i = 0; i < n && ret[i].variance < least; i++)
		ret[i].variance = least;
	return n;
}

struct spread moderated_prior(const struct spread *today, size_t count, size_t least)
{
	auto_free struct spread *s = MEM_NEW(struct spread, count + 1);
	double mean_e = 0, squares = 0, trigamma = 0, mean_s2 = 0, v, df;
	size_t n = usable(today, count, s);

	if (n < 2 || n < least)
		return (struct spread){0, 0};
	for (size_t i = 0; i < n; i++) {
		double half = s[i].df / 2;

		mean_s2 += s[i].variance / (double)n;
		trigamma += special_trigamma(half) / (double)n;
		s[i].variance = log(s[i].variance) - special_digamma(half) + log(half);
		mean_e += s[i].variance / (double)n;
	}
	for (size_t i = 0; i < n; i++)
		squares += (s[i].variance - mean_e) * (s[i].variance - mean_e);
	v = squares / (double)(n - 1) - trigamma;
	if (!(v > 0))
		return (struct spread){mean_s2, INFINITY};
	df = 2 * special_trigamma_inverse(v);
	return (struct spread){exp(mean_e + special_digamma(df / 2) - log(df / 2)), df};
}
