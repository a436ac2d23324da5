/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/summary.h"

#include <stdlib.h>

double summary_mean(const double *values, size_t count)
{
	double sum = 0;

	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

double summary_squares(const double *values, size_t count)
{
	double mean = summary_mean(values, count);
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sum;
}

double summary_variance(const double *values, size_t count)
{
	return count < 2 ? 0 : summary_squares(values, count) / (double)(count - 1);
}

static void sort_few(double *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		double value = values[i];
		size_t at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

static int order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double summary_median(double *values, size_t count)
{
	if (!count)
		return 0;
	if (count <= 16)
		sort_few(values, count);
	else
		qsort(values, count, sizeof(*values), order);
	if (count % 2)
		return values[count / 2];
	return values[count / 2 - 1] / 2 + values[count / 2] / 2;
}

bool summary_boot_value(double *logs, size_t good, size_t wanted, double *ret)
{
	if (!good || 2 * good < wanted)
		return false;
	*ret = good >= 3 ? summary_median(logs, good) : summary_mean(logs, good);
	return true;
}
