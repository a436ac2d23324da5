/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_OVERVIEWS_H
#define STORE_OVERVIEWS_H

#include <stdbool.h>
#include <stddef.h>

#include "io/db.h"
#include "model/job.h"

/* What `kvmperf status` shows: the service at one moment. Owned by struct overview. */

struct overview_host {
	char *name, *driver;
	char *health;	   /* "unknown", "ok", "quarantined" */
	char *reason;	   /* of the quarantine, or NULL */
	int64_t lease_job; /* 0: it is free */
};

struct overview_job {
	struct job job;
	char *base, *fresh;	      /* commits, full ids */
	char *subject;		      /* of the new commit; hostile */
	char *host;		      /* that was chosen, or NULL */
	int boots_done, boots_wanted; /* of both sides; wanted 0: not known */
	int64_t since_unix_ms;	      /* it is in its state */
	char *progress;		      /* the last word of its phase, or NULL; hostile */
	char *sentence;		      /* its verdict, when it has one */
};

struct overview {
	char *state; /* folder */
	bool is_running, is_paused;
	struct overview_host *hosts;
	size_t host_count;
	struct overview_job *open;  /* at work first, then in the order of the queue */
	size_t open_count;	    /* that are in here */
	size_t at_work, waiting;    /* of all */
	struct overview_job *ended; /* last first */
	size_t ended_count;
};

void overview_clear(struct overview *overview);

/*
 * What the store knows of the service now: hosts, the open jobs (at most limit,
 * those at work first), the last ended ones (at most ended_limit). What is not in
 * the store is left out: state, is_running, progress and sentences. The caller
 * clears *ret.
 */
int overview_load(
	struct db *db, int limit, int ended_limit, struct overview *ret, struct err *err);

/* One job alone, as above. -ENOENT when there is none. */
int overview_load_job(struct db *db, int64_t id, struct overview_job *ret, struct err *err);

/* How many open jobs the queue has before this one. */
int overview_count_before(struct db *db, const struct job *job, int *ret, struct err *err);

#endif
