/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_NOISE_H
#define MODEL_NOISE_H

#include <stdbool.h>
#include <stddef.h>

/* What a host's values vary by when nothing changes. */

#define NOISE_SIZES 3
extern const int noise_boots[NOISE_SIZES]; /* boots a kernel of usual comparisons: 2, 4, 8 */

/*
 * One cell of an A/A comparison. Standard deviations are of logs: 0.01 is 1 %;
 * NAN where there is too little to tell.
 */
struct noise_cell {
	size_t cell;		 /* index into the comparison's cells */
	bool judged;		 /* its metric is */
	double sd_process;	 /* of one process within a boot */
	double sd_boot;		 /* what a boot adds to its processes */
	double sd_session;	 /* what a lab session adds to its boots */
	double sd;		 /* of boot values within a lab session: what comparisons see */
	double df;		 /* of sd */
	double minimum;		 /* effect that counts at all, as R - 1 */
	double mde[NOISE_SIZES]; /* change that is found in 80 % of the cases, as R - 1 */
};

/* A cell in which not even this change counts is small. */
#define NOISE_SMALL 0.05

/* The middle and the worst of a metric's cells. */
struct noise_metric {
	size_t metric;			 /* index into the comparison's metrics */
	size_t cells;			 /* that have numbers; small ones only when all are */
	struct noise_cell middle, worst; /* each number by itself */
};

struct noise {
	struct noise_cell *cells; /* as the comparison's */
	size_t cell_count;
	struct noise_metric *metrics; /* judged ones */
	size_t metric_count;
	size_t boots, sessions; /* of this kernel in the store, in the fullest cell */
	size_t processes;	/* a boot */
};

void noise_clear(struct noise *noise);

#endif
