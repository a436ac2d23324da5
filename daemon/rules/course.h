/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_COURSE_H
#define RULES_COURSE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/job.h"

/*
 * The course of a job: one row a state. A state with a phase is worked on by a
 * child process of its own, `kvmperfd phase NAME JOB`; its exit status says how
 * it went, and course_after() what follows. The states of one boot (boot,
 * trial, restore) are one phase, because the link to a host cannot be handed
 * from process to process: the child itself moves the job before each deed.
 */

/* What the work in a state holds. */
enum course_resource {
	COURSE_NOTHING,
	COURSE_BUILDER, /* the build folder and this machine's processors */
	COURSE_HOST,	/* a host, from the first boot to the verdict */
};

struct course_row {
	enum job_state state;
	const char *phase; /* NULL: nothing runs; the job waits, or has ended */
	enum course_resource holds;
	int64_t limit_ms;     /* of the child; ended after that */
	enum job_state next;  /* when it is done */
	enum job_state again; /* where a phase that failed begins anew */
	int attempts;	      /* so many failures end the job */
	enum failure blame;   /* as whose fault */
	const char *text;     /* for the story, when the state is entered */
};

const struct course_row *course_row(enum job_state state);

/* How the child of a phase tells what it came to, as exit status. */
enum phase_status {
	PHASE_DONE = 0,
	PHASE_FAILED = 1,   /* our own fault, or a host's: its last line says why */
	PHASE_RESULT = 10,  /* the job is answered with a failure, which it has stored */
	PHASE_MORE = 11,    /* judge only: more boots */
	PHASE_LATER = 75,   /* nothing is wrong with the job: no space, a lock is taken */
	PHASE_STOPPED = 130 /* as it was asked to */
};

/* What is known of a child that has ended. */
struct course_end {
	int exit_status; /* -1: ended by a signal */
	bool timed_out;
	bool was_asked; /* to stop */
};

enum course_deed {
	COURSE_MOVE,	 /* to `to` */
	COURSE_POSTPONE, /* to `to`, in delay_ms */
	COURSE_GIVE_UP,	 /* the job fails, `blame` */
	COURSE_STAY,	 /* it was stopped: it goes on from here some time */
};

struct course_answer {
	enum course_deed deed;
	enum job_state to;
	int64_t delay_ms;
	enum failure blame;
};

/*
 * What follows when the child of a state has ended, after `attempts` failures
 * before this one. Delays double from retry_ms on, up to an hour.
 */
struct course_answer course_after(
	enum job_state state, const struct course_end *end, int attempts, int64_t retry_ms);

#endif
