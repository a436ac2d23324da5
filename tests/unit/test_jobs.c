/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/jobs.h"

#include <errno.h>

#include "jobs_fixture.h"

static void what_is_added_is_read_back(void **state)
{
	struct job_step *steps;
	struct job back;
	struct store s;
	int64_t id;
	size_t count;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "lab", 5);
	must(job_load(s.db, id, &back, &store_err));
	assert_int_equal(back.kind, JOB_CONFIRM);
	assert_int_equal(back.state, JOB_QUEUED);
	assert_int_equal(back.outcome, JOB_OPEN);
	assert_int_equal(back.priority, 5);
	assert_int_equal(back.new_commit, s.commits[1].id);
	assert_string_equal(back.wanted_host, "lab");
	assert_int_equal(back.host_id, 0);
	assert_null(back.reason);
	job_clear(&back);
	must(job_story(s.db, id, &steps, &count, &store_err));
	assert_int_equal(count, 1);
	assert_string_equal(steps[0].text, "a reason");
	job_story_free(steps, count);
	assert_int_equal(job_load(s.db, 4711, &back, NULL), -ENOENT);
	store_close(&s);
}

static void the_queue_is_by_priority_then_newest_commit(void **state)
{
	int64_t low, high, newest;
	struct job *jobs;
	struct store s;
	size_t count;

	(void)state;
	store_open(&s);
	low = jobs_add(&s, "", 0);
	high = jobs_add(&s, "", 7);
	must(db_exec(s.db, "UPDATE commits SET commit_time_s = 99 WHERE oid LIKE 'b%'", NULL));
	newest = jobs_add(&s, "", 0);
	must(jobs_list(s.db, JOBS_OPEN, 10, &jobs, &count, &store_err));
	assert_int_equal(count, 3);
	assert_int_equal(jobs[0].id, high);
	assert_int_equal(jobs[1].id, newest);
	assert_int_equal(jobs[2].id, low);
	jobs_free(jobs, count);
	store_close(&s);
}

static void a_reader_sees_every_change_once(void **state)
{
	int64_t first, second, seen;
	struct job *jobs;
	struct store s;
	size_t count;

	(void)state;
	store_open(&s);
	first = jobs_add(&s, "", 0);
	second = jobs_add(&s, "", 0);
	must(jobs_changed(s.db, 0, &jobs, &count, &store_err));
	assert_int_equal(count, 2);
	seen = jobs[1].change;
	jobs_free(jobs, count);
	must(job_wish_set(s.db, second, JOB_WISH_PAUSE, 10, &store_err));
	must(job_wish_set(s.db, first, JOB_WISH_CANCEL, 10, &store_err));
	must(jobs_changed(s.db, seen, &jobs, &count, &store_err));
	assert_int_equal(count, 2);
	assert_int_equal(jobs[0].id, second);
	assert_int_equal(jobs[0].wish, JOB_WISH_PAUSE);
	assert_int_equal(jobs[1].id, first);
	assert_int_equal(jobs[1].outcome, JOB_CANCELLED);
	seen = jobs[1].change;
	jobs_free(jobs, count);
	must(jobs_changed(s.db, seen, &jobs, &count, &store_err));
	assert_int_equal(count, 0);
	free(jobs);
	store_close(&s);
}

static void the_same_question_is_found(void **state)
{
	struct job asked;
	struct store s;
	int64_t id, found = 0;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	must(job_load(s.db, id, &asked, &store_err));
	assert_int_equal(job_find_same(s.db, &asked, &found, &store_err), 1);
	assert_int_equal(found, id);
	asked.kind = JOB_SCREEN;
	assert_int_equal(job_find_same(s.db, &asked, &found, &store_err), 0);
	job_clear(&asked);
	store_close(&s);
}

static void an_ended_job_takes_no_wish(void **state)
{
	struct err err = ERR_INIT;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	must(job_wish_set(s.db, id, JOB_WISH_CANCEL, 10, &store_err));
	assert_int_equal(job_wish_set(s.db, id, JOB_WISH_PAUSE, 10, &err), -EINVAL);
	assert_non_null(strstr(err.text, "has ended"));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM job_steps"), 2);
	store_close(&s);
}

static void a_part_is_taken_back_alone(void **state)
{
	struct db_part whole, part;
	struct store s;

	(void)state;
	store_open(&s);
	must(db_part_begin(s.db, &whole, &store_err));
	must(service_pause(s.db, true, &store_err));
	must(db_part_begin(s.db, &part, &store_err));
	must(db_exec(s.db, "DELETE FROM service", &store_err));
	assert_int_equal(db_part_end(&part, -EIO, NULL), -EIO);
	must(db_part_end(&whole, 0, &store_err));
	assert_int_equal(store_count(&s, "SELECT paused FROM service"), 1);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_read_back),
		cmocka_unit_test(the_queue_is_by_priority_then_newest_commit),
		cmocka_unit_test(a_reader_sees_every_change_once),
		cmocka_unit_test(the_same_question_is_found),
		cmocka_unit_test(an_ended_job_takes_no_wish),
		cmocka_unit_test(a_part_is_taken_back_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
