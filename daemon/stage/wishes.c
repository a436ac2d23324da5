/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/wishes.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/jobs.h"
#include "store/spans.h"
#include "work/trend.h"

enum { PRIORITY = -20 }; /* behind what people and branches wait for, before A/A runs */

static int add_job(struct db *db, const struct job *screen, const struct trend_wish *wish,
	const char *host, int64_t now_unix_ms, struct err *err)
{
	auto_free char *text =
		mem_printf("the history shows a step in %zu %s (p %.2g); fresh boots will tell",
			wish->points, wish->points == 1 ? "cell" : "cells", wish->p);
	struct job job = {
		.kind = JOB_CONFIRM,
		.priority = PRIORITY,
		.origin = (char *)(uintptr_t) "history",
		.branch_id = screen->branch_id,
		.branch = screen->branch,
		.repository = screen->repository,
		.base_commit = wish->base_commit,
		.new_commit = wish->new_commit,
		.plan = screen->plan,
		.kernel_config = screen->kernel_config,
		.wanted_host = (char *)(uintptr_t)host,
	};
	int64_t same;
	int r = job_find_same(db, &job, &same, err);

	if (r == 0)
		r = job_add(db, &job, text, now_unix_ms, err);
	else if (r > 0)
		return 0;
	return r < 0 ? r : 1;
}

int wishes_grant(struct db *db, const struct job *screen, const char *branch, int64_t plan_id,
	const char *host, int64_t now_unix_ms, struct err *err)
{
	auto_free struct trend_wish *wishes = NULL;
	size_t count = 0;
	int r;

	if (screen->kind != JOB_SCREEN || !branch || !*branch)
		return 0;
	r = history_jobs_open(db, branch, host, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = trend_pending(db, branch, screen->host_id, plan_id, &wishes, &count, err);
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_job(db, screen, &wishes[i], host, now_unix_ms, err);
	return r;
}
