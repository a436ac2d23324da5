/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_RATIO_H
#define STATS_RATIO_H

#include <stdbool.h>

/*
 * The effect of a change as the log of a ratio, with its standard error and
 * degrees of freedom: interval, test against a minimum effect, and what could
 * have been seen. se and df are above 0.
 */
struct effect {
	double d;
	double se;
	double df;
};

/* Half width of the two-sided interval on the log scale: coverage 0.95 gives t(0.975) se. */
double ratio_half_width(const struct effect *effect, double coverage);

/*
 * Tests "slower by more than delta" (p_up) and "faster by more than delta"
 * (p_down); the answer is min(1, 2 min(p_up, p_down)). The evidence, not only
 * the estimate, has to exceed the limit.
 */
double ratio_test(
	const struct effect *effect, double delta, double *ret_p_up, double *ret_p_down);

/* The two-sided 90 % interval lies inside (-delta, delta): two one-sided tests (Schuirmann). */
bool ratio_is_within(const struct effect *effect, double delta);

/*
 * The log ratio that is found with the given power by a two-sided test at
 * alpha against delta.
 */
double ratio_detectable(const struct effect *effect, double delta, double alpha, double power);

/* exp(d) - 1, kept finite, and its square as well: an absurd log ratio ends at 1e100. */
double ratio_change(double d);

#endif
