/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_JOBS_FIXTURE_H
#define TESTS_JOBS_FIXTURE_H

#include "store_fixture.h"

#include "store/jobs.h"

/* Adds a confirm of the store's two commits. */
static inline int64_t jobs_add(struct store *s, const char *wanted_host, int priority)
{
	struct job job = {
		.kind = JOB_CONFIRM,
		.priority = priority,
		.origin = (char *)(uintptr_t) "hand",
		.repository = (char *)(uintptr_t) "/r",
		.base_commit = s->commits[0].id,
		.new_commit = s->commits[1].id,
		.plan = (char *)(uintptr_t) "small",
		.wanted_host = (char *)(uintptr_t)wanted_host,
	};

	must(job_add(s->db, &job, "a reason", 1000, &store_err));
	return job.id;
}

#endif
