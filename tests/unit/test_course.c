/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/course.h"

#include "support.h"

#include "base/mem.h"

enum { RETRY_MS = 30000, HOUR_MS = 3600 * 1000 };

static const struct {
	const char *sentence;
	enum job_state state;
	struct course_end end;
	int attempts;
	struct course_answer answer;
} rows[] = {
	{"a build that is done waits for a host", JOB_BUILD, {PHASE_DONE, false, false}, 0,
		{COURSE_MOVE, JOB_READY, 0, FAILURE_NONE}},
	{"a kernel that does not build is shown", JOB_BUILD, {PHASE_RESULT, false, false}, 0,
		{COURSE_MOVE, JOB_PUBLISH, 0, FAILURE_NONE}},
	{"a build that failed is tried again", JOB_BUILD, {PHASE_FAILED, false, false}, 0,
		{COURSE_POSTPONE, JOB_BUILD, RETRY_MS, FAILURE_NONE}},
	{"later each time", JOB_BUILD, {PHASE_FAILED, false, false}, 2,
		{COURSE_POSTPONE, JOB_BUILD, 4 * RETRY_MS, FAILURE_NONE}},
	{"and at last given up", JOB_BUILD, {PHASE_FAILED, false, false}, 3,
		{COURSE_GIVE_UP, JOB_ENDED, 0, FAILURE_BUILD}},
	{"a full disk is waited for without end", JOB_BUILD, {PHASE_LATER, false, false}, 99,
		{COURSE_POSTPONE, JOB_BUILD, HOUR_MS, FAILURE_NONE}},
	{"a deadline counts as a failure", JOB_FETCH, {-1, true, false}, 4,
		{COURSE_GIVE_UP, JOB_ENDED, 0, FAILURE_SOURCE}},
	{"whatever the child said then", JOB_FETCH, {PHASE_STOPPED, true, false}, 0,
		{COURSE_POSTPONE, JOB_FETCH, RETRY_MS, FAILURE_NONE}},
	{"a crash counts as a failure", JOB_PUBLISH, {-1, false, false}, 4,
		{COURSE_GIVE_UP, JOB_ENDED, 0, FAILURE_SERVICE}},
	{"a boot that is done is recorded", JOB_BOOT, {PHASE_DONE, false, false}, 0,
		{COURSE_MOVE, JOB_RECORD, 0, FAILURE_NONE}},
	{"a trial that broke is a new boot", JOB_TRIAL, {PHASE_FAILED, false, false}, 0,
		{COURSE_POSTPONE, JOB_BOOT, RETRY_MS, FAILURE_NONE}},
	{"a host that does not come back ends the job", JOB_RESTORE,
		{PHASE_FAILED, false, false}, 3, {COURSE_GIVE_UP, JOB_ENDED, 0, FAILURE_HOST}},
	{"a verdict is published", JOB_JUDGE, {PHASE_DONE, false, false}, 0,
		{COURSE_MOVE, JOB_PUBLISH, 0, FAILURE_NONE}},
	{"more boots are booted", JOB_JUDGE, {PHASE_MORE, false, false}, 0,
		{COURSE_MOVE, JOB_BOOT, 0, FAILURE_NONE}},
	{"only the judge asks for more boots", JOB_BUILD, {PHASE_MORE, false, false}, 0,
		{COURSE_POSTPONE, JOB_BUILD, RETRY_MS, FAILURE_NONE}},
	{"a child that was asked to stop failed in nothing", JOB_TRIAL,
		{PHASE_STOPPED, false, true}, 1, {COURSE_STAY, JOB_TRIAL, 0, FAILURE_NONE}},
	{"nor one that had to be killed then", JOB_TRIAL, {-1, true, true}, 1,
		{COURSE_STAY, JOB_TRIAL, 0, FAILURE_NONE}},
	{"one that was done just then is done", JOB_BUILD, {PHASE_DONE, false, true}, 0,
		{COURSE_MOVE, JOB_READY, 0, FAILURE_NONE}},
};

static void what_follows_is_in_the_table(void **state)
{
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct course_answer got =
			course_after(rows[i].state, &rows[i].end, rows[i].attempts, RETRY_MS);
		const struct course_answer *want = &rows[i].answer;

		if (got.deed == want->deed && got.to == want->to &&
			got.delay_ms == want->delay_ms && got.blame == want->blame)
			continue;
		failed++;
		print_error("%s: deed %d to %s in %lld ms, blame %s\n", rows[i].sentence,
			(int)got.deed, job_state_name(got.to), (long long)got.delay_ms,
			failure_name(got.blame));
	}
	assert_int_equal(failed, 0);
}

static void every_state_has_its_row_and_leads_to_the_end(void **state)
{
	(void)state;
	for (int i = 0; i < JOB_STATE_COUNT; i++) {
		enum job_state at = (enum job_state)i;

		assert_int_equal(course_row(at)->state, i);
		assert_non_null(course_row(at)->text);
		assert_true(!course_row(at)->phase || course_row(at)->limit_ms > 0);
		for (int steps = 0; at != JOB_ENDED; steps++) {
			assert_true(steps < JOB_STATE_COUNT);
			at = course_row(at)->next;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_follows_is_in_the_table),
		cmocka_unit_test(every_state_has_its_row_and_leads_to_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
