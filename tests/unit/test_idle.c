/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/idle.h"

#include "jobs_fixture.h"

/* A job of a kind that has ended as done on the store's host. */
static int64_t measured(struct store *s, const char *kind)
{
	auto_free char *sql = NULL;
	int64_t id = jobs_add(s, "", 0);

	sql = mem_printf(
		"UPDATE jobs SET kind = '%s', state = 'ended', outcome = 'done', "
		"host_id = %d WHERE id = %d",
		kind, (int)s->host_id, (int)id);
	must(db_exec(s->db, sql, &store_err));
	return id;
}

static void an_idle_host_checks_itself_after_so_many_jobs(void **state)
{
	struct job job = {0};
	struct store s;
	int64_t open_job;

	(void)state;
	store_open(&s);
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 0);
	measured(&s, "confirm");
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 0);
	measured(&s, "screen");
	assert_int_equal(idle_pick(s.db, "elsewhere", 2, &job, &store_err), 0);
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 1);
	assert_int_equal(job.kind, JOB_AA);
	assert_int_equal(job.base_commit, s.commits[1].id);
	assert_int_equal(job.new_commit, s.commits[1].id);
	assert_string_equal(job.wanted_host, "emulated");
	job_clear(&job);

	open_job = jobs_add(&s, "", 0);
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 0);
	must(job_wish_set(s.db, open_job, JOB_WISH_CANCEL, 1, &store_err));
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 1);
	job_clear(&job);
	measured(&s, "aa");
	assert_int_equal(idle_pick(s.db, "emulated", 2, &job, &store_err), 0);
	must(db_exec(s.db, "UPDATE hosts SET health = 'quarantined'", &store_err));
	assert_int_equal(idle_pick(s.db, "emulated", 0, &job, &store_err), 0);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_host_checks_itself_after_so_many_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
