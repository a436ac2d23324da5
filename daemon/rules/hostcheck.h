/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_HOSTCHECK_H
#define RULES_HOSTCHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "judge/cells.h"
#include "model/judging.h"

/*
 * Is the machine itself to be trusted today? A lab session in which the
 * negative control (a program without KVM) or the baseline kernel moved
 * against its own history is quarantined: the lab owner is told, and nobody
 * else.
 */

/* One series of a lab session against its history, in logs. */
struct hostcheck_series {
	const double *history; /* boots of earlier lab sessions, session by session */
	const int *sessions;
	size_t history_count;
	const double *today;
	size_t today_count;
};

struct hostcheck_moved {
	bool judged; /* there is history of two lab sessions and a value of today */
	bool moved;  /* p < host_check_p and further than the minimum effect */
	double d;    /* today less history */
	double p;
	double half_width; /* of the 95 % interval of d */
};

struct hostcheck_moved hostcheck_moved(
	const struct judging *judging, const struct hostcheck_series *series);

/*
 * Did the negative control move between the two kernels of one comparison, which
 * were booted in turns (logs, two boots a side or more)? Then what differs is
 * neither the machine nor KVM alone, and no change of this comparison may be
 * held against a commit. history is of the boots of earlier lab sessions; it lends
 * its variance, as it does to cells.
 */
struct hostcheck_moved hostcheck_between(const struct judging *judging,
	const struct hostcheck_series *base, const double *fresh, size_t fresh_count);

/*
 * Drift within a lab session: values of one kernel in order of time (logs), a
 * straight line through them. moved: the slope has p < host_check_p and its way
 * from the first to the last value, which is d, exceeds the minimum effect.
 * Needs four values.
 */
struct hostcheck_moved hostcheck_drift(
	const struct judging *judging, const double *values, size_t count);

enum hostcheck_verdict {
	HOSTCHECK_STEADY,
	HOSTCHECK_CONTROL,   /* the negative control moved */
	HOSTCHECK_BASELINE,  /* the baseline kernel moved */
	HOSTCHECK_AA,	     /* a kernel differs from itself */
	HOSTCHECK_ALL_CELLS, /* more than half of all cells moved the same way */
	HOSTCHECK_COUNT
};

/* As it is stored: "steady", "control", "baseline", "aa", "all cells". */
const char *hostcheck_name(enum hostcheck_verdict verdict);

/* HOSTCHECK_STEADY for a name that nobody knows. */
enum hostcheck_verdict hostcheck_from_name(const char *name);

/* "more than half of all cells moved the same way" */
const char *hostcheck_phrase(enum hostcheck_verdict verdict);

/*
 * The decision on a lab session: anything but HOSTCHECK_STEADY is a
 * quarantine. control and baseline are answers of hostcheck_moved(); aa_flagged
 * is how many cells an A/A run would have flagged, 0 when it was none; cells are
 * the judgements of all cells of the session, over all metrics.
 */
enum hostcheck_verdict hostcheck_session(const struct hostcheck_moved *control,
	const struct hostcheck_moved *baseline, size_t aa_flagged,
	const struct judgement *cells, size_t count);

/*
 * "0 alerts of 37 (below 7.8 % at 95 %)": the upper 95 % limit of a rate of
 * which `hits` of `runs` were seen (Clopper and Pearson). 1 without runs.
 */
double hostcheck_rate_limit(int hits, int runs);

#endif
