/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BISECTS_H
#define STORE_BISECTS_H

#include "io/db.h"
#include "model/bisect.h"

/* Bisects and their steps. Functions that take a transaction are part of the caller's. */

/*
 * Adds a bisect as running and sets its id. Looked at are event_id,
 * repository, host, plan, kernel_config, recipe, good.id, bad.id, paths, queued and
 * aligned.
 */
int bisect_add(struct db *db, struct bisect *bisect, int64_t now_unix_ms, struct err *err);

/* Sets host, recipe, good.id and bad.id to those of a comparison; -ENOENT when there is none.
 */
int bisect_take_subject(
	struct db *db, int64_t comparison_id, struct bisect *ret, struct err *err);

/* With all its steps. -ENOENT when there is none. The caller clears *ret. */
int bisect_load(struct db *db, int64_t id, struct bisect *ret, struct err *err);

/*
 * The newest bisect of the same repository, host, plan, recipe, ends and paths,
 * done or not, that was not cancelled: 1 and *ret_id, or 0.
 */
int bisect_find_same(
	struct db *db, const struct bisect *bisect, int64_t *ret_id, struct err *err);

/* The newest bisect of an event: 1 and *ret_id, or 0. */
int bisect_of_event(struct db *db, int64_t event_id, int64_t *ret_id, struct err *err);

/* The bisect one of whose steps is this job: 1 and *ret_id, or 0. */
int bisect_of_job(struct db *db, int64_t job_id, int64_t *ret_id, struct err *err);

/* The test binary of the ends' comparison, for all that follow: 1 and *ret_id, or 0. */
int bisect_test(struct db *db, int64_t id, int64_t *ret_id, struct err *err);

/* Ids of all bisects, newest first; the caller frees. */
int bisect_list(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err);

/* Has the service's walk something to do: a step without a job, a job that has ended? 1 or 0.
 */
int bisect_is_waiting(struct db *db, struct err *err);

/* Those that run and are the service's, oldest first. */
int bisect_list_queued(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err);

/* Adds a step that is about to begin; sets its id, number and begun_unix_ms. */
int bisect_step_add(struct db *db, int64_t bisect_id, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err);

/* Stores a step's comparison, job and tries. */
int bisect_step_link(struct db *db, const struct bisect_step *step, struct err *err);

/*
 * Ends a step with what it gave: -ESTALE when it has ended before. The kernels
 * that were built and the boots that were made since it began are counted here.
 */
int bisect_step_end(struct db *db, const char *recipe, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err);

/* Stores the chosen cell and its levels. */
int bisect_store_cell(
	struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err);

/* Stores the revert that was made. */
int bisect_store_revert(
	struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err);

/* Ends a bisect with its answer: answer, low, high and reason. -ESTALE when it has ended. */
int bisect_end(
	struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err);

/* Ends a bisect without an answer. */
int bisect_cancel(
	struct db *db, int64_t id, const char *reason, int64_t now_unix_ms, struct err *err);

#endif
