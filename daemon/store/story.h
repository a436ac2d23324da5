/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_STORY_H
#define STORE_STORY_H

#include "io/db.h"
#include "model/job.h"

/* The stories of all jobs as they grow, for who tells them as they happen. */
struct story_line {
	int64_t id, job, host_id; /* host_id: 0 while the job has no host */
	enum job_state state;
	char *kernel; /* id of the commit that is measured, or NULL */
	char *text;   /* hostile; both are owned */
};

/* The newest line there is; 0: none. */
int story_end(struct db *db, int64_t *ret_id, struct err *err);

/* The lines behind this one, in order; story_free() frees *ret. */
int story_since(
	struct db *db, int64_t id, struct story_line **ret, size_t *ret_count, struct err *err);
void story_free(struct story_line *lines, size_t count);

#endif
