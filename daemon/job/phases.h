/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOB_PHASES_H
#define JOB_PHASES_H

#include <stdint.h>

/*
 * The children of the service: `kvmperfd phase NAME JOB` does one phase of one
 * job and tells by its exit status (rules/course.h) what it came to; the last
 * line of its log says why it failed. Straight-line code that may block: what
 * must survive is in the store before the next deed, and whoever repeats a
 * phase finds what is done already.
 */
struct phase_call {
	const char *phase; /* "fetch", "build", "boot", "record", "judge", "publish", "watch",
			      ... */
	const char *argument; /* the number of the job; of a chore, what it is about */
	const char *config;   /* path of the configuration, NULL: built-in settings */
	const char *state;    /* folder */
};

/* Does it; returns the exit status, after a sentence on stderr when it failed. */
int phase_run(const struct phase_call *call);

#endif
