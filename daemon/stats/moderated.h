/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_MODERATED_H
#define STATS_MODERATED_H

#include <stdbool.h>
#include <stddef.h>

#include "model/judging.h"

/*
 * The variance of a cell from few boots: the mean of today's and of the
 * history's, weighted by their degrees of freedom (Smyth, "Linear models and
 * empirical Bayes methods", 2004).
 */
struct moderated {
	struct spread spread; /* to use; variance not below the floor */
	double lent_df;	      /* what the prior gave; 0 after the guard */
	bool guarded;	      /* today is far above the prior, which is left out */
};

/*
 * today.df may be 0 and so may prior.df; both 0 gives df 0, which is no
 * variance. guard_p 0 switches the guard off (the screen has none). floor_sd
 * is of logs.
 */
struct moderated moderated_variance(
	struct spread today, struct spread prior, double guard_p, double floor_sd);

/*
 * A prior from the cells themselves, for when history is short: the scaled F
 * fit of limma (fitFDist). Spreads without degrees of freedom are left out.
 * df is infinite when the variances differ no more than chance allows; the
 * caller caps it. Fewer than `least` usable spreads, or none above 0: df 0.
 */
struct spread moderated_prior(const struct spread *today, size_t count, size_t least);

#endif
