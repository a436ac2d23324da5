/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_SPRT_H
#define STATS_SPRT_H

#include <stdbool.h>

#include "base/err.h"

/*
 * One step of a bisection: does this kernel have the change? Both levels are
 * known from the confirm, so Wald's sequential probability ratio test ("Sequential
 * tests of statistical hypotheses", 1945) decides with the fewest boots: after
 * each boot value x (log)
 *
 *   sum += (new - old) / sd^2 * (x - (old + new) / 2)
 *
 * and stops at +-ln(0.99 / 0.01), an error of 1 % either way. A change of d
 * takes about 9.2 / (d / sd)^2 boots.
 */
enum sprt_answer {
	SPRT_MORE,    /* boot the kernel again */
	SPRT_HAS,     /* it has the change */
	SPRT_HAS_NOT, /* it does not */
	SPRT_UNCLEAR, /* SPRT_BOOTS_MAX boots could not tell: report a range */
};

#define SPRT_BOOTS_MAX	   8
#define SPRT_CONTROL_EVERY 4 /* boots between two control pairs */

struct sprt {
	double level_old, level_new; /* logs; moved by control boots */
	double sd;		     /* between boots */
	double bound;		     /* ln 99 */
	double sum;
	int boots;	/* of the tested kernel */
	int controlled; /* boots at the last control pair */
};

/*
 * -EINVAL when a number is not finite, sd is not above 0, or the levels are
 * equal or so far apart that the step overflows.
 */
int sprt_init(
	struct sprt *sprt, double level_old, double level_new, double sd, struct err *err);

/*
 * Adds a boot of the tested kernel. The answer is final: once it is not
 * SPRT_MORE, further boots do not count. A value that is not finite does not
 * either.
 */
enum sprt_answer sprt_add(struct sprt *sprt, double x);
enum sprt_answer sprt_answer(const struct sprt *sprt);

/*
 * Every SPRT_CONTROL_EVERY boots one boot of each known kernel checks that the
 * host has not drifted: both levels move by the mean deviation of the two.
 */
bool sprt_wants_control(const struct sprt *sprt);
void sprt_control(struct sprt *sprt, double x_old, double x_new);

#endif
