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

/* Event 1, seen by a job of the branch "next", whose tip is another commit now. */
static void regress(struct store *s)
{
	int64_t id = measured(s, "confirm");
	auto_free char *sql = mem_printf(
		"INSERT INTO branches (id, name, repository, ref, tip) VALUES (1, 'next', "
		"'/r', "
		"'refs/heads/next', printf('%%.40c', 't')); "
		"INSERT INTO commits (id, oid, tree, parent, subject, author, "
		"commit_time_s) SELECT 77, printf('%%.40c', 't'), tree, '', 'tip', 'A "
		"<a@b.c>', 9 "
		"FROM commits LIMIT 1; "
		"UPDATE jobs SET comparison_id = %d, branch_id = 1 WHERE id = %d; "
		"INSERT INTO events (id, branch, from_commit, to_commit, direction, state, "
		"emulated, metric, title, unit, change, low, high, cells_flagged, "
		"cells_judged, "
		"sentence, message_id, opened_unix_ms, updated_unix_ms) VALUES (1, 'next', %d, "
		"%d, 'regressed', 'confirmed', 0, 'm', 't', 's', 0.1, 0.1, 0.1, 1, 1, 's', "
		"'m', "
		"1000, 1000); INSERT INTO event_comparisons VALUES (1, %d, 'opened', 1000)",
		(int)s->run.id, (int)id, (int)s->commits[0].id, (int)s->commits[1].id,
		(int)s->run.id);

	must(db_exec(s->db, sql, &store_err));
}

static bool is_rechecked(struct store *s, const char *change, int64_t now_unix_ms)
{
	struct job job = {0};
	int r;

	if (change)
		must(db_exec(s->db, change, &store_err));
	r = idle_recheck(s->db, "emulated", 7000, now_unix_ms, &job, &store_err);
	must(r);
	if (r > 0) {
		assert_int_equal(job.kind, JOB_CONFIRM);
		assert_int_equal(job.base_commit, s->commits[0].id);
		assert_int_equal(job.new_commit, 77);
		assert_string_equal(job.plan, "small");
		assert_int_equal(job.branch_id, 1);
	}
	job_clear(&job);
	return r > 0;
}

static void a_regression_is_looked_at_again_on_the_tip(void **state)
{
	static const struct {
		const char *name, *change;
		bool is_rechecked;
	} cases[] = {
		{"one that is open", NULL, true},
		{"one that somebody looks after", "UPDATE events SET state = 'acknowledged'",
			true},
		{"not one that is fixed", "UPDATE events SET state = 'fixed-seen'", false},
		{"not an improvement", "UPDATE events SET direction = 'improved'", false},
		{"not while its own commit is the tip", "UPDATE events SET to_commit = 77",
			false},
		{"not on a branch that is gone", "UPDATE branches SET gone = 1", false},
		{"not on a host in quarantine", "UPDATE hosts SET health = 'quarantined'",
			false},
		{"not when a job waits", "UPDATE jobs SET state = 'queued', outcome = ''",
			false},
		{"not the same twice",
			"UPDATE jobs SET base_commit = 1, new_commit = 77, kind = 'confirm'",
			false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct store s;

		store_open(&s);
		regress(&s);
		assert_false(is_rechecked(&s, NULL, 7999)); /* it was seen just now */
		if (is_rechecked(&s, cases[i].change, 8000) != cases[i].is_rechecked)
			fail_msg("%s", cases[i].name);
		store_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regression_is_looked_at_again_on_the_tip),
		cmocka_unit_test(an_idle_host_checks_itself_after_so_many_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
