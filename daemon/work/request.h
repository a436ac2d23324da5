/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_REQUEST_H
#define WORK_REQUEST_H

#include <stdbool.h>

#include "base/err.h"
#include "io/db.h"
#include "model/job.h"
#include "model/kernel.h"

/* Work that somebody leaves to the service by hand. All text is borrowed. */
struct request {
	const char *repo,
		*plan; /* paths as they were given; plan may be a shipped one's name */
	const char *kernel_config;   /* or NULL */
	const char *host;	     /* or NULL: any */
	const char *branch;	     /* for levels and pages, or NULL: none */
	struct commit *base, *fresh; /* resolved; ids are set here */
	enum job_kind kind;
	int boots, priority;
	bool again; /* although the same was asked before */
};

/*
 * Adds a job, with names of files as the service finds them wherever it runs, or
 * finds the one that asks the same. *ret_is_new says which; *ret_id is its row.
 */
int request_add(struct db *db, const struct request *request, int64_t *ret_id, bool *ret_is_new,
	struct err *err);

#endif
