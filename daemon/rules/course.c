/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/course.h"

#include <assert.h>
#include <stddef.h>

#define MINUTES(n) ((int64_t)(n)*60 * 1000)

static const struct course_row rows[JOB_STATE_COUNT] = {
	[JOB_QUEUED] = {JOB_QUEUED, NULL, COURSE_NOTHING, 0, JOB_FETCH, JOB_QUEUED, 0,
		FAILURE_NONE, "waits for the builder"},
	[JOB_FETCH] = {JOB_FETCH, "fetch", COURSE_BUILDER, MINUTES(30), JOB_BUILD, JOB_FETCH, 5,
		FAILURE_SOURCE, "looks for the commits"},
	[JOB_BUILD] = {JOB_BUILD, "build", COURSE_BUILDER, MINUTES(8 * 60), JOB_READY,
		JOB_BUILD, 4, FAILURE_BUILD, "builds"},
	[JOB_READY] = {JOB_READY, NULL, COURSE_NOTHING, 0, JOB_BOOT, JOB_READY, 0, FAILURE_NONE,
		"is built and waits for a host"},
	[JOB_BOOT] = {JOB_BOOT, "boot", COURSE_HOST, MINUTES(24 * 60), JOB_RECORD, JOB_BOOT, 4,
		FAILURE_HOST, "boots"},
	[JOB_TRIAL] = {JOB_TRIAL, "boot", COURSE_HOST, MINUTES(24 * 60), JOB_RECORD, JOB_BOOT,
		4, FAILURE_HOST, "measures"},
	[JOB_RESTORE] = {JOB_RESTORE, "boot", COURSE_HOST, MINUTES(24 * 60), JOB_RECORD,
		JOB_BOOT, 4, FAILURE_HOST, "brings the host back to golden"},
	[JOB_RECORD] = {JOB_RECORD, "record", COURSE_HOST, MINUTES(30), JOB_JUDGE, JOB_RECORD,
		5, FAILURE_SERVICE, "keeps the values"},
	[JOB_JUDGE] = {JOB_JUDGE, "judge", COURSE_HOST, MINUTES(30), JOB_PUBLISH, JOB_JUDGE, 5,
		FAILURE_SERVICE, "judges"},
	[JOB_PUBLISH] = {JOB_PUBLISH, "publish", COURSE_NOTHING, MINUTES(60), JOB_ENDED,
		JOB_PUBLISH, 5, FAILURE_SERVICE, "writes the pages"},
	[JOB_ENDED] = {JOB_ENDED, NULL, COURSE_NOTHING, 0, JOB_ENDED, JOB_ENDED, 0,
		FAILURE_NONE, "has ended"},
};

const struct course_row *course_row(enum job_state state)
{
	assert(state < JOB_STATE_COUNT);
	return &rows[state];
}

static int64_t delay_after(int attempts, int64_t retry_ms)
{
	int64_t delay_ms = retry_ms;

	for (int i = 0; i < attempts && delay_ms < MINUTES(60); i++)
		delay_ms *= 2;
	return delay_ms < MINUTES(60) ? delay_ms : MINUTES(60);
}

static struct course_answer postpone(
	const struct course_row *row, int attempts, int64_t retry_ms)
{
	return (struct course_answer){
		COURSE_POSTPONE, row->again, delay_after(attempts, retry_ms), FAILURE_NONE};
}

static struct course_answer move(enum job_state to)
{
	return (struct course_answer){COURSE_MOVE, to, 0, FAILURE_NONE};
}

struct course_answer course_after(
	enum job_state state, const struct course_end *end, int attempts, int64_t retry_ms)
{
	const struct course_row *row = course_row(state);

	assert(row->phase);
	if (end->was_asked && end->exit_status != PHASE_DONE &&
		end->exit_status != PHASE_RESULT && end->exit_status != PHASE_MORE)
		return (struct course_answer){COURSE_STAY, state, 0, FAILURE_NONE};
	switch (end->timed_out ? PHASE_FAILED : end->exit_status) {
	case PHASE_DONE:
		return move(row->next);
	case PHASE_RESULT:
		return move(JOB_PUBLISH);
	case PHASE_MORE:
		if (state == JOB_JUDGE)
			return move(JOB_BOOT);
		break;
	case PHASE_LATER:
		return postpone(row, attempts, retry_ms);
	default:
		break;
	}
	if (attempts + 1 < row->attempts)
		return postpone(row, attempts, retry_ms);
	return (struct course_answer){COURSE_GIVE_UP, JOB_ENDED, 0, row->blame};
}
