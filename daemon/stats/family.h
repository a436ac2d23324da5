/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_FAMILY_H
#define STATS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Many tests at once: adjusted p-values of Benjamini and Hochberg (1995), or
 * with `strict` of Benjamini and Yekutieli (2001), which hold under any
 * dependence. A cell is flagged when its adjusted p is at most q. p-values are
 * in 0..1; ret may be p itself.
 */
void family_adjust(const double *p, size_t count, bool strict, double *ret);

/* How many of the adjusted p-values are at most q. */
size_t family_flagged(const double *adjusted, size_t count, double q);

/*
 * Always-valid p over planned looks: the smallest so far of p / weight, at
 * most 1. `before` is the answer of the look before (1 at the first).
 */
double family_valid(double before, double p, double weight);

#endif
