/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_MOVES_H
#define STORE_MOVES_H

#include <stddef.h>

#include "io/db.h"
#include "model/job.h"

/*
 * What moves a job from state to state, and who holds which host. Every move
 * compares first (-ESTALE when the job is somewhere else by now), and writes its
 * line of the story in the same transaction. All of them may be called within a
 * transaction of the caller, and are then part of it.
 */

/*
 * From one state to another: attempts and back-off begin anew, but for the
 * states of one boot (trial, restore), which share them. Not to JOB_ENDED: see
 * job_end().
 */
int job_move(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t now_unix_ms, struct err *err);

/* The same, from ready to boot with the lease of a host. -EBUSY when another job has it. */
int job_take_host(struct db *db, int64_t id, int64_t host_id, const char *text,
	int64_t now_unix_ms, struct err *err);

/* The same, and its host is free and the lab session has ended. */
int job_yield_host(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t now_unix_ms, struct err *err);

/*
 * Its host went into quarantine: back to ready, without the lease. A job that
 * has measured nothing yet may have another host, and begins a comparison of its
 * own there; any other one waits.
 */
int job_lose_host(struct db *db, int64_t id, enum job_state from, const char *text,
	int64_t now_unix_ms, struct err *err);

/* A phase failed: one attempt more, in state `to`, not before a time. */
int job_postpone(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t not_before_unix_ms, int64_t now_unix_ms, struct err *err);

/* What a job that ends or fails is told to have come to. */
struct job_end {
	enum job_outcome outcome;
	enum failure failure;
	enum symptom symptom;
	const char *reason; /* NULL for one that is done */
};

/* Ends it; its host is free. */
int job_end(struct db *db, int64_t id, enum job_state from, const struct job_end *end,
	const char *text, int64_t now_unix_ms, struct err *err);

/*
 * Remembers why the job will end as failed, while it still goes on to its page.
 */
int job_blame(struct db *db, int64_t id, enum failure failure, enum symptom symptom,
	const char *reason, struct err *err);

/* An ended job begins anew, with a comparison of its own. -EINVAL when it is open. */
int job_retry(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err);

/* What a job has come to while it measures. */
int job_set_comparison(struct db *db, int64_t id, int64_t comparison_id, struct err *err);
int job_set_boot(struct db *db, int64_t id, int64_t boot_row, struct err *err);

struct lease {
	int64_t host_id, job_id, taken_unix_ms;
};

/* All leases; the caller frees *ret. */
int leases_load(struct db *db, struct lease **ret, size_t *ret_count, struct err *err);

#endif
