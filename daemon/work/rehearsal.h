/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_REHEARSAL_H
#define WORK_REHEARSAL_H

#include <stdint.h>

#include "model/judging.h"

/*
 * Bisects that are made up, to try rules/bisect.h on: a history of commits one
 * of which is slower, kernels that do not build, kernels whose image is that
 * of the one before, and a lab whose boots vary, whose lab sessions differ,
 * and which drifts. Same seed, same numbers.
 */
struct rehearsal_rules {
	int commits;	      /* the culprit is any of them */
	double effect;	      /* as R - 1 */
	double boot_sd;	      /* of logs, between boots */
	double session_sd;    /* between lab sessions */
	double drift_sd;      /* a step from boot to boot, of a random walk */
	double outlier_boots; /* share of the boots */
	double outlier_size;  /* as R - 1 */
	double skips; /* share of the commits that begin a run of those that do not boot */
	double same;  /* share of the commits that do not change the image */
};

struct rehearsal_rules rehearsal_defaults(void);

struct rehearsal {
	int runs;
	int right;	 /* the culprit was named */
	int wrong;	 /* another commit was named */
	int range_right; /* a range that holds it */
	int range_wrong;
	double range_size; /* sum of the commits in the ranges */
	long builds, boots;
};

struct rehearsal rehearse(const struct rehearsal_rules *rules, const struct judging *judging,
	int runs, uint64_t seed);

#endif
