/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/moves.h"

#include <errno.h>

#include "jobs_fixture.h"

static struct job load(struct store *s, int64_t id)
{
	struct job job;

	must(job_load(s->db, id, &job, &store_err));
	return job;
}

static void move(struct store *s, int64_t id, enum job_state from, enum job_state to)
{
	must(job_move(s->db, id, from, to, "moved", 2000, &store_err));
}

static void make_ready(struct store *s, int64_t id)
{
	move(s, id, JOB_QUEUED, JOB_BUILD);
	move(s, id, JOB_BUILD, JOB_READY);
}

static void a_move_compares_first(void **state)
{
	struct err err = ERR_INIT;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	move(&s, id, JOB_QUEUED, JOB_FETCH);
	assert_int_equal(
		job_move(s.db, id, JOB_QUEUED, JOB_FETCH, "again", 2000, &err), -ESTALE);
	assert_non_null(strstr(err.text, "not in state queued"));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM job_steps"), 2);
	assert_int_equal(
		store_count(&s, "SELECT count(*) FROM job_steps WHERE state = 'fetch'"), 1);
	store_close(&s);
}

static void a_host_is_one_jobs_at_a_time(void **state)
{
	struct err err = ERR_INIT;
	struct lease *leases;
	int64_t first, second;
	struct job job;
	struct store s;
	size_t count;

	(void)state;
	store_open(&s);
	first = jobs_add(&s, "", 0);
	second = jobs_add(&s, "", 0);
	make_ready(&s, first);
	make_ready(&s, second);
	must(job_take_host(s.db, first, s.host_id, "on emulated", 3000, &store_err));
	assert_int_equal(job_take_host(s.db, second, s.host_id, "x", 3000, &err), -EBUSY);
	job = load(&s, second);
	assert_int_equal(job.state, JOB_READY);
	assert_int_equal(job.host_id, 0);
	job_clear(&job);
	must(leases_load(s.db, &leases, &count, &store_err));
	assert_int_equal(count, 1);
	assert_int_equal(leases[0].job_id, first);
	free(leases);
	must(job_yield_host(s.db, first, JOB_BOOT, JOB_READY, "paused", 4000, &store_err));
	must(job_take_host(s.db, second, s.host_id, "on emulated", 5000, &store_err));
	store_close(&s);
}

static void a_job_stays_on_its_host(void **state)
{
	struct host_spec other = {.name = (char *)(uintptr_t) "other"};
	int64_t id, host_id;
	struct store s;

	(void)state;
	store_open(&s);
	must(host_store(s.db, &other, &host_id, &store_err));
	id = jobs_add(&s, "", 0);
	make_ready(&s, id);
	must(job_take_host(s.db, id, s.host_id, "on emulated", 3000, &store_err));
	must(job_yield_host(s.db, id, JOB_BOOT, JOB_READY, "paused", 4000, &store_err));
	assert_int_equal(job_take_host(s.db, id, host_id, "x", 5000, NULL), -EINVAL);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM leases"), 0);
	must(job_take_host(s.db, id, s.host_id, "back", 6000, &store_err));
	store_close(&s);
}

/* A job in boot on the store's host, with its run. */
static int64_t in_boot(struct store *s)
{
	int64_t id = jobs_add(s, "", 0);

	make_ready(s, id);
	must(job_take_host(s->db, id, s->host_id, "on emulated", 3000, &store_err));
	must(job_set_comparison(s->db, id, s->run.id, &store_err));
	return id;
}

static void a_job_without_a_boot_leaves_a_host_that_fails(void **state)
{
	struct store s;
	struct job job;
	int64_t id;

	(void)state;
	store_open(&s);
	id = in_boot(&s);
	store_boot(&s, 'A', 3100);
	must(job_lose_host(s.db, id, JOB_BOOT, "its fan is broken", 4000, &store_err));
	job = load(&s, id);
	assert_int_equal(job.state, JOB_READY);
	assert_int_equal(job.host_id, 0);
	assert_int_equal(job.comparison_id, 0);
	job_clear(&job);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM leases"), 0);
	assert_int_equal(store_count(&s,
				 "SELECT count(*) FROM comparisons WHERE state = 'failed' "
				 "AND failure = 'host' AND reason = 'its fan is broken'"),
		1);
	store_close(&s);
}

static void a_job_with_a_boot_waits_for_its_host(void **state)
{
	struct store s;
	struct job job;
	int64_t id;

	(void)state;
	store_open(&s);
	id = in_boot(&s);
	store_boot_good(&s, store_boot(&s, 'A', 3100), 3200);
	must(job_lose_host(s.db, id, JOB_BOOT, "its fan is broken", 4000, &store_err));
	job = load(&s, id);
	assert_int_equal(job.state, JOB_READY);
	assert_int_equal(job.host_id, s.host_id);
	assert_int_equal(job.comparison_id, s.run.id);
	job_clear(&job);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM leases"), 0);
	store_close(&s);
}

static void the_states_of_a_boot_share_their_attempts(void **state)
{
	struct store s;
	struct job job;
	int64_t id;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	make_ready(&s, id);
	must(job_take_host(s.db, id, s.host_id, "on emulated", 3000, &store_err));
	move(&s, id, JOB_BOOT, JOB_TRIAL);
	must(job_postpone(
		s.db, id, JOB_TRIAL, JOB_BOOT, "the link broke", 9000, 4000, &store_err));
	job = load(&s, id);
	assert_int_equal(job.attempts, 1);
	assert_int_equal(job.not_before_unix_ms, 9000);
	job_clear(&job);
	move(&s, id, JOB_BOOT, JOB_TRIAL);
	job = load(&s, id);
	assert_int_equal(job.attempts, 1);
	assert_int_equal(job.not_before_unix_ms, 0);
	job_clear(&job);
	move(&s, id, JOB_TRIAL, JOB_RECORD);
	job = load(&s, id);
	assert_int_equal(job.attempts, 0);
	job_clear(&job);
	store_close(&s);
}

static void an_end_frees_the_host_and_is_final(void **state)
{
	struct job_end end = {JOB_FAILED, FAILURE_KERNEL, SYMPTOM_PANIC, "it panics"};
	struct store s;
	struct job job;
	int64_t id;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	make_ready(&s, id);
	must(job_take_host(s.db, id, s.host_id, "on emulated", 3000, &store_err));
	must(job_end(s.db, id, JOB_BOOT, &end, "failed", 4000, &store_err));
	job = load(&s, id);
	assert_int_equal(job.state, JOB_ENDED);
	assert_int_equal(job.outcome, JOB_FAILED);
	assert_int_equal(job.symptom, SYMPTOM_PANIC);
	assert_string_equal(job.reason, "it panics");
	job_clear(&job);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM leases"), 0);
	assert_int_equal(job_end(s.db, id, JOB_ENDED, &end, "x", 5000, NULL), -ESTALE);
	store_close(&s);
}

static void a_retry_begins_anew(void **state)
{
	struct job_end end = {JOB_FAILED, FAILURE_HOST, SYMPTOM_LOST, "it is gone"};
	struct store s;
	struct job job;
	int64_t id;

	(void)state;
	store_open(&s);
	id = jobs_add(&s, "", 0);
	assert_int_equal(job_retry(s.db, id, 2000, NULL), -EINVAL);
	must(job_set_comparison(s.db, id, s.run.id, &store_err));
	must(job_end(s.db, id, JOB_QUEUED, &end, "failed", 4000, &store_err));
	must(job_retry(s.db, id, 5000, &store_err));
	job = load(&s, id);
	assert_int_equal(job.state, JOB_QUEUED);
	assert_int_equal(job.outcome, JOB_OPEN);
	assert_int_equal(job.failure, FAILURE_NONE);
	assert_int_equal(job.comparison_id, 0);
	assert_null(job.reason);
	job_clear(&job);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_move_compares_first),
		cmocka_unit_test(a_host_is_one_jobs_at_a_time),
		cmocka_unit_test(a_job_stays_on_its_host),
		cmocka_unit_test(a_job_without_a_boot_leaves_a_host_that_fails),
		cmocka_unit_test(a_job_with_a_boot_waits_for_its_host),
		cmocka_unit_test(the_states_of_a_boot_share_their_attempts),
		cmocka_unit_test(an_end_frees_the_host_and_is_final),
		cmocka_unit_test(a_retry_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
