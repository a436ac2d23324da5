/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "io/db.h"
#include "model/job.h"

/*
 * Jobs and their stories, as they are asked for, read and steered. What moves
 * them from state to state is in store/moves.h. Every function may be called
 * within a transaction of the caller, and is then part of it.
 */

/*
 * Adds a job as queued and sets job->id; text is the first line of its story
 * ("branch next moved to 1a2b3c4d5e6f"). Looked at are kind, priority, origin,
 * parent_job, branch_id, repository, the commits, plan, kernel_config, boots
 * and wanted_host; NULL text is "".
 */
int job_add(
	struct db *db, struct job *job, const char *text, int64_t now_unix_ms, struct err *err);

/* -ENOENT when there is none. The caller clears *ret. */
int job_load(struct db *db, int64_t id, struct job *ret, struct err *err);

/*
 * The newest job, open or ended, with the same kind, commits, plan, kernel_config
 * and wanted_host: 1 and *ret_id, or 0. For those who would not ask twice.
 */
int job_find_same(struct db *db, const struct job *job, int64_t *ret_id, struct err *err);

enum job_filter {
	JOBS_OPEN,  /* in the order of the queue */
	JOBS_ALL,   /* newest first */
	JOBS_ENDED, /* last ended first */
};

/* At most limit of them. The caller frees with jobs_free(). */
int jobs_list(struct db *db, enum job_filter filter, int limit, struct job **ret,
	size_t *ret_count, struct err *err);

/*
 * The jobs that were changed after the change number `seen`, in that order:
 * with 0 all that are open. For a reader that keeps them in memory.
 */
int jobs_changed(
	struct db *db, int64_t seen, struct job **ret, size_t *ret_count, struct err *err);
void jobs_free(struct job *jobs, size_t count);

/* Its story in order; the caller frees with job_story_free(). */
int job_story(
	struct db *db, int64_t id, struct job_step **ret, size_t *ret_count, struct err *err);
void job_story_free(struct job_step *steps, size_t count);

/* Adds a line to the story; the job stays where it is. */
int job_tell(struct db *db, int64_t id, const char *text, int64_t now_unix_ms, struct err *err);

/*
 * Asks a job to pause, to be cancelled, or (JOB_WISH_NONE) to go on. A queued
 * job is cancelled at once. -EINVAL with a sentence when it has ended.
 */
int job_wish_set(
	struct db *db, int64_t id, enum job_wish wish, int64_t now_unix_ms, struct err *err);

/* Whether the service as a whole pauses. */
int service_is_paused(struct db *db, bool *ret, struct err *err);
int service_pause(struct db *db, bool paused, struct err *err);

#endif
