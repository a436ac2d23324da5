/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/opening.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/jobs.h"
#include "store/moves.h"
#include "store/names.h"

static const char *kind_of(const struct job *job)
{
	return job->kind == JOB_SCREEN ? "screen" : job->kind == JOB_AA ? "aa" : NULL;
}

/* The comparison that the screen before this confirm judged, or 0. */
static int screen_of(struct db *db, const struct job *job, int64_t *ret, struct err *err)
{
	struct job parent = {0};
	int r;

	*ret = 0;
	if (job->kind != JOB_CONFIRM || !job->parent_job)
		return 0;
	r = job_load(db, job->parent_job, &parent, err);
	if (r == 0 && parent.kind == JOB_SCREEN)
		*ret = parent.comparison_id;
	job_clear(&parent);
	return r;
}

static int branch_of(struct db *db, const struct job *job, char **ret, struct err *err)
{
	if (!job->branch || !*job->branch)
		return name_of_branch(db, job->branch_id, ret, err);
	*ret = mem_strdup(job->branch);
	return 0;
}

int opening_load(struct db *db, const struct job *job, struct run *ret, struct err *err)
{
	int r = run_load(db, job->comparison_id, ret, err);

	ret->kind = kind_of(job);
	return r < 0 ? r : 0;
}

int opening_begin(struct db *db, struct job *job, const struct opening_plan *plan,
	struct run *run, int64_t *ret_screen, struct err *err)
{
	int r = screen_of(db, job, ret_screen, err);

	run->host_id = job->host_id;
	run->base_commit = job->base_commit;
	run->new_commit = job->new_commit;
	run->kind = kind_of(job);
	run->confirm = job->kind == JOB_CONFIRM || job->kind == JOB_AA;
	run->boots_wanted = run->confirm || job->kind == JOB_SCREEN ? 1
			    : job->boots			    ? job->boots
								    : plan->plan->boots;
	if (r == 0)
		r = plan_store(db, plan->plan, plan->text, &run->plan_id, err);
	if (r == 0)
		r = branch_of(db, job, &run->branch, err);
	if (r >= 0)
		r = run_start(db, run, clock_unix_ms(&clock_real), err);
	if (r == 0)
		r = job_set_comparison(db, job->id, run->id, err);
	if (r == 0)
		job->comparison_id = run->id;
	return r;
}
