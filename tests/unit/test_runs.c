/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/runs.h"

#include <errno.h>

#include "store_fixture.h"

static struct run same_subject(const struct run *run)
{
	struct run asked = {.host_id = run->host_id,
		.plan_id = run->plan_id,
		.base_commit = run->base_commit,
		.new_commit = run->new_commit};

	memcpy(asked.recipe, run->recipe, sizeof(asked.recipe));
	return asked;
}

static void a_run_is_found_again(void **state)
{
	struct run asked;
	struct store s;

	(void)state;
	store_open(&s);
	asked = same_subject(&s.run);
	assert_int_equal(run_find(s.db, &asked, NULL), 1);
	assert_int_equal(asked.id, s.run.id);
	assert_int_equal(asked.boots_wanted, 2);
	assert_int_equal(asked.test_id, 0);
	assert_false(asked.done || asked.failed);
	asked.recipe[0]++;
	assert_int_equal(run_find(s.db, &asked, NULL), 0);
	asked = same_subject(&s.run);
	asked.new_commit = s.run.base_commit;
	assert_int_equal(run_find(s.db, &asked, NULL), 0);
	store_close(&s);
}

static void the_newest_run_counts(void **state)
{
	struct run asked;
	struct store s;
	int64_t first;

	(void)state;
	store_open(&s);
	first = s.run.id;
	must(run_end(s.db, &s.run, FAILURE_NONE, SYMPTOM_NONE, NULL, 5000, &store_err));
	must(run_start(s.db, &s.run, 6000, &store_err));
	asked = same_subject(&s.run);
	assert_int_equal(run_find(s.db, &asked, NULL), 1);
	assert_int_not_equal(asked.id, first);
	store_close(&s);
}

static void a_run_ends_and_is_extended(void **state)
{
	struct run asked;
	struct store s;

	(void)state;
	store_open(&s);
	must(run_end(s.db, &s.run, FAILURE_NONE, SYMPTOM_NONE, NULL, 5000, &store_err));
	assert_true(s.run.done && !s.run.failed);
	asked = same_subject(&s.run);
	must(run_find(s.db, &asked, &store_err));
	assert_true(asked.done);
	must(run_extend(s.db, &asked, 7, 6000, &store_err));
	assert_false(asked.done);
	must(run_find(s.db, &asked, &store_err));
	assert_false(asked.done || asked.failed);
	assert_int_equal(asked.boots_wanted, 7);
	must(run_end(
		s.db, &asked, FAILURE_KERNEL, SYMPTOM_PANIC, "it panics", 7000, &store_err));
	assert_true(asked.failed && !asked.done);
	must(run_find(s.db, &asked, &store_err));
	assert_true(asked.failed);
	assert_int_equal(store_count(&s,
				 "SELECT count(*) FROM comparisons WHERE failure = "
				 "'kernel' AND symptom = 'panic' AND reason = 'it "
				 "panics' AND updated_unix_ms = 7000"),
		1);
	store_close(&s);
}

static void changes_compare_first(void **state)
{
	struct err err = ERR_INIT;
	int64_t test = 0, other = 0;
	struct store s;
	struct run gone;

	(void)state;
	store_open(&s);
	must(test_store(s.db, "abc", "/t", "a", 1, &test, &store_err));
	must(test_store(s.db, "def", "/t", "a", 1, &other, &store_err));
	must(run_pin_test(s.db, &s.run, test, &store_err));
	assert_int_equal(run_pin_test(s.db, &s.run, other, &err), -ESTALE);
	assert_int_equal(s.run.test_id, test);
	must(run_end(s.db, &s.run, FAILURE_NONE, SYMPTOM_NONE, NULL, 5000, &store_err));
	assert_int_equal(
		run_end(s.db, &s.run, FAILURE_HOST, SYMPTOM_LOST, "x", 6000, &err), -ESTALE);
	assert_non_null(strstr(err.text, "cannot end: it has changed meanwhile"));
	assert_true(s.run.done && !s.run.failed);
	gone = s.run;
	gone.id = 4711;
	assert_int_equal(run_extend(s.db, &gone, 3, 1, &err), -ESTALE);
	assert_int_equal(gone.boots_wanted, 2);
	store_close(&s);
}

static void a_run_about_nothing_is_refused(void **state)
{
	struct store s;
	struct run bad;

	(void)state;
	store_open(&s);
	bad = same_subject(&s.run);
	bad.boots_wanted = 2;
	bad.new_commit = 4711;
	assert_int_equal(run_start(s.db, &bad, 1, NULL), -EEXIST);
	bad = same_subject(&s.run);
	bad.boots_wanted = 0;
	assert_int_equal(run_start(s.db, &bad, 1, NULL), -EEXIST);
	assert_int_equal(bad.id, 0);
	store_close(&s);
}

static void hosts_and_plans_are_stored_once(void **state)
{
	struct host_spec host = {.name = (char *)(uintptr_t) "emulated", .driver = HOST_SSH};
	int64_t id = 0;
	struct store s;

	(void)state;
	store_open(&s);
	must(host_store(s.db, &host, &id, &store_err));
	assert_int_equal(id, s.host_id);
	assert_int_equal(store_count(&s, "SELECT emulated FROM hosts"), 0);
	must(plan_store(s.db, &s.plan, "another text", &id, &store_err));
	assert_int_equal(id, s.plan_id);
	free(s.plan.hash);
	s.plan.hash = mem_strdup("other");
	must(plan_store(s.db, &s.plan, "another text", &id, &store_err));
	assert_int_not_equal(id, s.plan_id);
	store_close(&s);
}

static void sessions_begin_and_end(void **state)
{
	struct store s;

	(void)state;
	store_open(&s);
	must(session_end(s.db, s.session, 9000, &store_err));
	assert_int_equal(store_count(&s, "SELECT ended_unix_ms FROM sessions"), 9000);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_found_again),
		cmocka_unit_test(the_newest_run_counts),
		cmocka_unit_test(a_run_ends_and_is_extended),
		cmocka_unit_test(changes_compare_first),
		cmocka_unit_test(a_run_about_nothing_is_refused),
		cmocka_unit_test(hosts_and_plans_are_stored_once),
		cmocka_unit_test(sessions_begin_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
