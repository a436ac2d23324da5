/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/order.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/special.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void order_sort(double *values, size_t count)
{
	if (count)
		qsort(values, count, sizeof(*values), compare);
}

double order_quantile(const double *sorted, size_t count, double q)
{
	double at = q * ((double)count - 1), below = floor(at);
	size_t i = (size_t)below;

	if (count == 0)
		return 0;
	if (i + 1 >= count)
		return sorted[count - 1];
	/* not low + share * (high - low), whose difference may overflow */
	return sorted[i] * (1 - (at - below)) + sorted[i + 1] * (at - below);
}

static double median_of(double *values, size_t count)
{
	order_sort(values, count);
	return order_quantile(values, count, 0.5);
}

double order_mad(const double *values, size_t count)
{
	auto_free double *work = MEM_NEW(double, count + 1);
	double median;

	for (size_t i = 0; i < count; i++)
		work[i] = values[i];
	median = median_of(work, count);
	for (size_t i = 0; i < count; i++)
		work[i] = fabs(work[i] - median);
	return median_of(work, count);
}

double order_centre(const double *values, size_t count)
{
	auto_free double *means = MEM_NEW(double, count *(count + 1) / 2 + 1);
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = i; j < count; j++)
			means[n++] = values[i] / 2 + values[j] / 2;
	return median_of(means, n);
}

double order_shift(const double *x, size_t x_count, const double *y, size_t y_count)
{
	auto_free double *shifts = MEM_NEW(double, x_count *y_count + 1);
	size_t n = 0;

	for (size_t i = 0; i < x_count; i++)
		for (size_t j = 0; j < y_count; j++)
			shifts[n++] = y[j] - x[i];
	return median_of(shifts, n);
}

/* P(Bin(count, q) >= k) */
static double binomial_tail(size_t count, double q, size_t k)
{
	if (k == 0)
		return 1;
	if (k > count)
		return 0;
	return special_beta(q, (double)k, (double)(count - k + 1));
}

bool order_interval(const double *sorted, size_t count, double q, double coverage,
	double *ret_low, double *ret_high)
{
	double miss = (1 - coverage) / 2;
	size_t a = 0, b = 1;

	/* P(Bin(n, q) < a) = P(Bin(n, 1 - q) >= n - a + 1) */
	while (a < count && binomial_tail(count, 1 - q, count - a) <= miss)
		a++;
	while (b <= count && binomial_tail(count, q, b) > miss)
		b++;
	if (a < 1 || b > count)
		return false;
	*ret_low = sorted[a - 1];
	*ret_high = sorted[b - 1];
	return true;
}

/* The values of both sides sorted together: how many of each value, and how many of x. */
struct ranks {
	size_t *ties; /* group by group, rising */
	size_t groups;
	size_t count;	 /* values in all */
	double sum;	 /* of the ranks of x, ties taking their mean rank */
	double tie_term; /* sum of t^3 - t */
};

struct value {
	double value;
	bool is_x;
};

static int compare_value(const void *a, const void *b)
{
	return compare(&((const struct value *)a)->value, &((const struct value *)b)->value);
}

static struct ranks rank_all(const double *x, size_t x_count, const double *y, size_t y_count)
{
	size_t count = x_count + y_count;
	auto_free struct value *all = MEM_NEW(struct value, count + 1);
	struct ranks ranks = {MEM_NEW(size_t, count + 1), 0, count, 0, 0};

	for (size_t i = 0; i < count; i++) {
		all[i].is_x = i < x_count;
		all[i].value = i < x_count ? x[i] : y[i - x_count];
	}
	qsort(all, count, sizeof(*all), compare_value);
	for (size_t i = 0, end; i < count; i = end) {
		double t, of_x = 0;

		for (end = i; end < count && compare_value(&all[end], &all[i]) == 0; end++)
			of_x += all[end].is_x;
		t = (double)(end - i);
		ranks.ties[ranks.groups++] = end - i;
		ranks.sum += of_x * ((double)i + (t + 1) / 2);
		ranks.tie_term += t * t * t - t;
	}
	return ranks;
}

/*
 * Counts the ways to draw `drawn` of all values by the sum of their doubled
 * ranks: ways[k][s] from the groups so far, one group after the other. Returns
 * the two-sided p of the doubled sum.
 */
static double exact_p(const struct ranks *ranks, size_t drawn, size_t doubled)
{
	size_t width = drawn * (2 * ranks->count + 1) + 1, seen = 0;
	auto_free double *ways = MEM_NEW(double, (drawn + 1) * width);
	double low = 0, high = 0, all = 0;

	ways[0] = 1;
	for (size_t g = 0; g < ranks->groups; g++) {
		size_t ties = ranks->ties[g], rank = 2 * seen + ties + 1; /* doubled */

		/* from the top, so that every draw comes from the state before this group */
		for (size_t k = drawn; k > 0; k--) {
			double choose = 1;

			for (size_t c = 1; c <= ties && c <= k; c++) {
				const double *from = ways + (k - c) * width;
				double *to = ways + k * width;

				choose = choose * (double)(ties - c + 1) / (double)c;
				for (size_t s = c * rank; s < width; s++)
					to[s] += choose * from[s - c * rank];
			}
		}
		seen += ties;
	}
	for (size_t s = 0; s < width; s++) {
		double here = ways[drawn * width + s];

		all += here;
		low += s <= doubled ? here : 0;
		high += s >= doubled ? here : 0;
	}
	return fmin(1, 2 * fmin(low, high) / all);
}

static double normal_p(const struct ranks *ranks, double n, double m, double u)
{
	double all = n + m;
	double variance = n * m / 12 * (all + 1 - ranks->tie_term / (all * (all - 1)));
	double apart = fmax(0, fabs(u - n * m / 2) - 0.5);

	return variance > 0 ? fmin(1, 2 * special_normal_tail(apart / sqrt(variance))) : 1;
}

double order_rank_test(const double *x, size_t x_count, const double *y, size_t y_count,
	enum order_method method, double *ret_u)
{
	double n = (double)x_count, m = (double)y_count, p = 1;
	struct ranks ranks;

	*ret_u = 0;
	if (x_count == 0 || y_count == 0)
		return 1;
	ranks = rank_all(x, x_count, y, y_count);
	*ret_u = ranks.sum - n * (n + 1) / 2;
	if (ranks.groups > 1 && method == ORDER_EXACT && x_count <= ORDER_EXACT_MAX &&
		y_count <= ORDER_EXACT_MAX)
		p = exact_p(&ranks, x_count, (size_t)lround(2 * ranks.sum));
	else if (ranks.groups > 1)
		p = normal_p(&ranks, n, m, *ret_u);
	free(ranks.ties);
	return p;
}
