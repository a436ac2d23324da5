/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SPANS_H
#define STORE_SPANS_H

#include "io/db.h"

/* What a history asks before it wishes for comparisons. */

/* Two kernels that were compared by interleaved boots, or are about to be; rows of commits. */
struct commit_span {
	int64_t base_commit, new_commit;
};

/* Those of a branch on a host, failed ones left out; the caller frees. */
int spans_load(struct db *db, const char *branch, int64_t host_id, struct commit_span **ret,
	size_t *ret_count, struct err *err);

/*
 * By plan, the epoch of the newest boot of the branch on the host, or that of one
 * plan (0: of all); the caller frees.
 */
int epochs_newest(struct db *db, const char *branch, int64_t host_id, int64_t plan_id,
	int64_t **ret_ids, size_t *ret_count, struct err *err);

/* How many jobs that a history asked for are open: of a branch, on a host. */
int history_jobs_open(struct db *db, const char *branch, const char *host, struct err *err);

#endif
