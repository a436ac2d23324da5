/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/request.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "config/plans.h"
#include "store/jobs.h"
#include "store/kernels.h"
#include "sys/fs.h"

static int full_name(const char *name, char **ret, struct err *err)
{
	if (name && (strchr(name, '/') || fs_exists(name)))
		return fs_absolute(name, ret, err);
	*ret = mem_strdup(name ? name : "");
	return 0;
}

static int describe(const struct request *request, struct job *ret, struct err *err)
{
	int r = fs_absolute(request->repo, &ret->repository, err);

	if (r == 0 && plan_shipped(request->plan))
		ret->plan = mem_strdup(request->plan);
	else if (r == 0)
		r = full_name(request->plan, &ret->plan, err);
	if (r == 0)
		r = full_name(request->kernel_config, &ret->kernel_config, err);
	ret->kind = request->kind;
	ret->boots = request->kind == JOB_FIXED ? request->boots : 0;
	ret->priority = request->priority;
	ret->origin = mem_strdup("hand");
	ret->branch = mem_strdup(request->branch);
	ret->wanted_host = mem_strdup(request->host);
	ret->base_commit = request->base->id;
	ret->new_commit = request->fresh->id;
	return r;
}

int request_add(struct db *db, const struct request *request, int64_t *ret_id, bool *ret_is_new,
	struct err *err)
{
	struct job job = {0};
	int64_t same = 0;
	int r = commit_store(db, request->base, err);

	if (r == 0)
		r = commit_store(db, request->fresh, err);
	if (r == 0)
		r = describe(request, &job, err);
	if (r == 0 && !request->again)
		r = job_find_same(db, &job, &same, err);
	if (r == 0)
		r = job_add(db, &job, "asked for by hand", clock_unix_ms(&clock_real), err);
	if (r >= 0) {
		*ret_id = same ? same : job.id;
		*ret_is_new = !same;
	}
	job_clear(&job);
	return r < 0 ? r : 0;
}
