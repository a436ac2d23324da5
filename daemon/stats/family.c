/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/family.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct ranked {
	double p;
	size_t index;
};

static int order(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

void family_adjust(const double *p, size_t count, bool strict, double *ret)
{
	auto_free struct ranked *ranked = MEM_NEW(struct ranked, count + 1);
	double m = 0, least = 1;

	for (size_t i = 0; i < count; i++) {
		ranked[i] = (struct ranked){p[i], i};
		m += strict ? (double)count / (double)(i + 1) : 1;
	}
	qsort(ranked, count, sizeof(*ranked), order);
	for (size_t i = count; i-- > 0;) {
		least = fmin(least, ranked[i].p * m / (double)(i + 1));
		ret[ranked[i].index] = least;
	}
}

size_t family_flagged(const double *adjusted, size_t count, double q)
{
	size_t flagged = 0;

	for (size_t i = 0; i < count; i++)
		flagged += adjusted[i] <= q;
	return flagged;
}

double family_valid(double before, double p, double weight)
{
	return fmin(before, fmin(1, p / weight));
}
