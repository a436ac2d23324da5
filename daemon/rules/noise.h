/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_NOISE_H
#define RULES_NOISE_H

#include "model/comparison.h"
#include "model/judging.h"
#include "model/noise.h"

/*
 * The noise of one cell, from a kernel that was measured against itself.
 * Everything is borrowed and of logs.
 */
struct noise_sample {
	const double *processes; /* balanced: process by process, boot by boot */
	size_t per_boot, process_boots;
	const double *boots; /* boot values of all lab sessions */
	const int *sessions; /* of these; equal ones are neighbours */
	size_t boot_count;
	double mean;	    /* of the boot values */
	double minimum_abs; /* absolute minimum effect, in the metric's unit */
	double resolution;
};

/*
 * Components of the variance, and the smallest change of this one cell among
 * `family` that comparisons of usual size would have found: with the noise as
 * it is here, known as well as history may know it.
 */
struct noise_cell noise_of(
	const struct judging *judging, const struct noise_sample *sample, size_t family);

/* Fills in noise->metrics from noise->cells: middle and worst of each judged metric. */
void noise_sum_up(const struct comparison *comparison, struct noise *noise);

#endif
