/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/wishes.h"

#include "lab_fixture.h"
#include "store/jobs.h"
#include "work/judge.h"
#include "work/screen.h"

/* Kernels 20 and later of 30 are 10 % slower; every one was screened, none was asked about. */
static struct job night(struct lab *lab)
{
	struct commit commits[30];
	struct job job = {.kind = JOB_SCREEN,
		.branch_id = 1,
		.repository = (char *)(uintptr_t) "/r",
		.plan = (char *)(uintptr_t) "small",
		.kernel_config = (char *)(uintptr_t) "/c"};

	lab_open(lab);
	must(db_exec(lab->s.db,
		"INSERT INTO branches (name, repository, ref) VALUES ('next', 'r', 'refs/x')",
		&store_err));
	commits[0] = lab_commit(lab);
	for (int i = 1; i < 30; i++) {
		double value = i < 20 ? 1e6 : 1.1e6;
		struct run run;

		commits[i] = lab_commit(lab);
		run = lab_compare(lab, "screen", &commits[i - 1], &commits[i]);
		lab_session(lab, &run, "BB", value, value);
	}
	job.host_id = lab->s.host_id;
	return job;
}

static int grant(struct lab *lab, const struct job *job, const char *branch)
{
	int r = wishes_grant(lab->s.db, job, branch, lab->s.plan_id, "emulated", 5, &store_err);

	must(r);
	return r;
}

static void a_step_of_the_history_becomes_one_job_and_no_event(void **state)
{
	struct job job, added = {0};
	struct lab lab;

	(void)state;
	job = night(&lab);
	assert_int_equal(grant(&lab, &job, "next"), 1);
	assert_int_equal(store_count(&lab.s, "SELECT count(*) FROM jobs"), 1);
	must(job_load(lab.s.db, 1, &added, &store_err));
	assert_int_equal(added.kind, JOB_CONFIRM);
	assert_string_equal(added.origin, "history");
	assert_string_equal(added.wanted_host, "emulated");
	assert_string_equal(added.plan, "small");
	assert_string_equal(added.kernel_config, "/c");
	assert_int_equal(added.parent_job, 0); /* its family is every cell */
	assert_true(added.priority < 0);
	assert_true(added.base_commit < added.new_commit);
	assert_int_equal(store_count(&lab.s, "SELECT count(*) FROM events"), 0);
	assert_int_equal(store_count(&lab.s, "SELECT count(*) FROM outbox"), 0);
	/* while it is open, and when it has ended, it is not asked for again */
	assert_int_equal(grant(&lab, &job, "next"), 0);
	must(db_exec(
		lab.s.db, "UPDATE jobs SET state = 'ended', outcome = 'done'", &store_err));
	assert_int_equal(grant(&lab, &job, "next"), 0);
	assert_int_equal(store_count(&lab.s, "SELECT count(*) FROM jobs"), 1);
	job_clear(&added);
	store_close(&lab.s);
}

static void only_a_screen_of_that_branch_and_plan_asks(void **state)
{
	struct job job;
	struct lab lab;

	(void)state;
	job = night(&lab);
	assert_int_equal(grant(&lab, &job, "another"), 0);
	assert_int_equal(grant(&lab, &job, NULL), 0);
	must(wishes_grant(
		lab.s.db, &job, "next", lab.s.plan_id + 1, "emulated", 5, &store_err));
	job.kind = JOB_FIXED;
	assert_int_equal(grant(&lab, &job, "next"), 0);
	assert_int_equal(store_count(&lab.s, "SELECT count(*) FROM jobs"), 0);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_of_the_history_becomes_one_job_and_no_event),
		cmocka_unit_test(only_a_screen_of_that_branch_and_plan_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
