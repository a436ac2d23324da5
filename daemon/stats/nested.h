/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STATS_NESTED_H
#define STATS_NESTED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where the variance comes from: iteration < process < boot < lab session.
 * Unbiased components after Kalibera and Jones, "Rigorous benchmarking in
 * reasonable time" (ISMM 2013), with the S^2 (not T^2) of the level below, as
 * libkalibera has it.
 */

#define NESTED_LEVELS 8

/* Index 0 is the innermost level. */
struct nested {
	size_t levels;
	double s2[NESTED_LEVELS]; /* variance of the means of the level below */
	double t2[NESTED_LEVELS]; /* component of the level itself, 0 when it came out negative
				   */
};

/*
 * Components of balanced data: counts[0] values a group of the lowest level,
 * counts[1] such groups a group of the next, and so on; values holds their
 * product, the lowest level varying fastest. Every count is at least 2 and
 * there are 1..NESTED_LEVELS levels, else the answer is false.
 */
bool nested_components(
	const double *values, const size_t *counts, size_t levels, struct nested *ret);

/*
 * Repetitions of a level that buy most precision for their cost:
 * sqrt(cost_ratio * t2_own / t2_above), where cost_ratio is the cost of one
 * more of the level above over one more of this level; for processes in a
 * boot t2_own is S1^2. Rounded up and clamped to 2..8; 8 when the level above
 * adds nothing.
 */
int nested_repetitions(double cost_ratio, double t2_own, double t2_above);

/* A stored baseline over lab sessions. */
struct nested_sessions {
	size_t boots, sessions;
	double ms_boot, ms_session; /* 0 without degrees of freedom */
	double n0;		    /* effective boots a session */
	double t3_2;		    /* component between lab sessions, >= 0 */
	double mean;		    /* of the session means */
	double inverse_boots;	    /* sum over sessions of 1 / boots in it */
};

/*
 * values[i] belongs to lab session sessions[i]; equal sessions are neighbours.
 * False when there is no value. With one session the component is 0, with one
 * boot in each ms_boot is.
 */
bool nested_sessions(
	const double *values, const int *sessions, size_t count, struct nested_sessions *ret);

#endif
