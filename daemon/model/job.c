/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/job.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const kinds[JOB_KIND_COUNT] = {
	[JOB_SCREEN] = "screen",
	[JOB_CONFIRM] = "confirm",
	[JOB_FIXED] = "fixed",
	[JOB_AA] = "aa",
};

static const char *const states[JOB_STATE_COUNT] = {
	[JOB_QUEUED] = "queued",
	[JOB_FETCH] = "fetch",
	[JOB_BUILD] = "build",
	[JOB_READY] = "ready",
	[JOB_BOOT] = "boot",
	[JOB_TRIAL] = "trial",
	[JOB_RESTORE] = "restore",
	[JOB_RECORD] = "record",
	[JOB_JUDGE] = "judge",
	[JOB_PUBLISH] = "publish",
	[JOB_ENDED] = "ended",
};

static const char *const outcomes[JOB_OUTCOME_COUNT] = {
	[JOB_OPEN] = "",
	[JOB_DONE] = "done",
	[JOB_FAILED] = "failed",
	[JOB_CANCELLED] = "cancelled",
};

static const char *const wishes[JOB_WISH_COUNT] = {
	[JOB_WISH_NONE] = "",
	[JOB_WISH_PAUSE] = "pause",
	[JOB_WISH_CANCEL] = "cancel",
};

/* The place of a name in a table, count for an unknown one. */
static size_t find(const char *const *names, size_t count, const char *name)
{
	size_t i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

const char *job_kind_name(enum job_kind kind)
{
	assert(kind < JOB_KIND_COUNT);
	return kinds[kind];
}

const char *job_state_name(enum job_state state)
{
	assert(state < JOB_STATE_COUNT);
	return states[state];
}

const char *job_outcome_name(enum job_outcome outcome)
{
	assert(outcome < JOB_OUTCOME_COUNT);
	return outcomes[outcome];
}

const char *job_wish_name(enum job_wish wish)
{
	assert(wish < JOB_WISH_COUNT);
	return wishes[wish];
}

enum job_kind job_kind_from_name(const char *name)
{
	return (enum job_kind)find(kinds, JOB_KIND_COUNT, name);
}

enum job_state job_state_from_name(const char *name)
{
	return (enum job_state)find(states, JOB_STATE_COUNT, name);
}

enum job_outcome job_outcome_from_name(const char *name)
{
	return (enum job_outcome)find(outcomes, JOB_OUTCOME_COUNT, name);
}

enum job_wish job_wish_from_name(const char *name)
{
	return (enum job_wish)find(wishes, JOB_WISH_COUNT, name);
}

void job_clear(struct job *job)
{
	free(job->reason);
	free(job->origin);
	free(job->branch);
	free(job->repository);
	free(job->plan);
	free(job->kernel_config);
	free(job->kernel);
	free(job->wanted_host);
	memset(job, 0, sizeof(*job));
}
