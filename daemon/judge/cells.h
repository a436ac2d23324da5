/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_CELLS_H
#define JUDGE_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"
#include "model/judging.h"

/*
 * The judgement on the cells of one comparison: what the boot values of two
 * kernels say, cell by cell and as a family. Boot values are natural logs of
 * finite positive values; whoever fills the samples in sees to that.
 */

/* Why a cell cannot be judged. */
enum unjudged {
	UNJUDGED_NOT,	    /* it is judged */
	UNJUDGED_NO_BASE,   /* no boot value of the base kernel */
	UNJUDGED_NO_FRESH,  /* ... of the new one */
	UNJUDGED_APART,	    /* no lab session has both kernels */
	UNJUDGED_NO_SPREAD, /* one boot a side and no history */
};

const char *unjudged_phrase(enum unjudged why); /* "the base kernel has no value" */

/* All numbers are finite. In a cell that is not judged d is the plain difference, or 0. */
struct judgement {
	enum verdict verdict;
	enum unjudged why;
	bool flagged;
	bool noisy_today;	/* history's variance was left out: today's is far above it */
	double mean_base;	/* of logs */
	double d;		/* log of the ratio */
	struct spread today;	/* pooled within side and lab session */
	double lent_df;		/* degrees of freedom from history or cold start */
	struct spread used;	/* moderated */
	double se, df;		/* of d */
	double delta;		/* the minimum effect that applies, as log */
	double p_up, p_down, p; /* slower, faster, two-sided; against the minimum effect */
	double p_valid;		/* always-valid over the looks so far */
	double p_adjusted;	/* over the family; 1 outside of it */
	double low, high;	/* 95 % interval of d */
	double mde;		/* found with 80 % probability, as R - 1 */
};

/*
 * Judges count cells. weight is the look's share of the error rate: 1 for a
 * comparison whose number of boots was fixed before, judging->look_weight[]
 * in a confirm. A side of one boot is judged but never flagged. A pure function of its input:
 * shuffling boots inside a side or the cells changes nothing.
 */
void cells_judge(const struct judging *judging, const struct sample *samples, size_t count,
	double weight, struct judgement *ret);

/* The prior that history or, where it is short, the cells of the same metric give each cell. */
void cells_priors(const struct judging *judging, const struct sample *samples,
	const struct spread *today, size_t count, struct spread *ret);

/* The log of the minimum effect that applies at this level of the base kernel. */
double cells_delta(const struct judging *judging, double mean_base, double minimum_abs);

/* The least standard deviation that is believed of values at this level. */
double cells_floor(const struct judging *judging, double mean_base, double resolution);

#endif
