/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_SCHEDULE_H
#define RULES_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/job.h"
#include "string/strv.h"

/*
 * What to start next. Higher priority first, then the newest commit, then the
 * older job; a host is one job's until its comparison is over; a job that has a
 * host stays there. The builder works ahead while hosts measure, but no further
 * than AHEAD built jobs a host, and never on a machine that is measuring.
 */
enum { SCHEDULE_AHEAD = 2 };

/* An open job, as the schedule needs it. */
struct schedule_job {
	int64_t id;
	enum job_state state;
	enum job_wish wish;
	int priority;
	int64_t commit_time_s;
	int64_t not_before_unix_ms;
	int64_t host_id;	 /* the one that was chosen, or 0 */
	const char *wanted_host; /* as host_is_meant() takes it. Borrowed */
	bool has_child;		 /* its phase is at work */
};

struct schedule_host {
	int64_t id;
	const char *name;	 /* borrowed */
	const struct strv *tags; /* borrowed; NULL: none */
	bool is_usable;		 /* configured, and not quarantined */
	bool is_here;		 /* this machine: what is built here disturbs it */
	int64_t lease_job;	 /* who has it; 0: nobody */
};

struct schedule {
	const struct schedule_job *jobs;
	size_t job_count;
	const struct schedule_host *hosts;
	size_t host_count;
	int builders;	/* how many jobs may fetch and build at once */
	bool is_paused; /* nothing new is begun */
	int64_t now_unix_ms;
};

enum schedule_deed {
	SCHEDULE_WAIT,	/* nothing can begin before wake_unix_ms (0: before something ends) */
	SCHEDULE_PHASE, /* the phase of a job's state */
	SCHEDULE_FETCH, /* a queued job begins */
	SCHEDULE_HOST,	/* a job that is built takes a host */
	SCHEDULE_YIELD, /* a job that is to pause gives its host back */
	SCHEDULE_LOSE,	/* a job's host is in quarantine */
	SCHEDULE_CANCEL
};

struct schedule_answer {
	enum schedule_deed deed;
	size_t job, host; /* indices; host of SCHEDULE_HOST only */
	int64_t wake_unix_ms;
};

/* One thing to do now: whoever has done it asks again. */
struct schedule_answer schedule_next(const struct schedule *schedule);

#endif
