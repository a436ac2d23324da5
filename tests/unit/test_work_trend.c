/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/trend.h"

#include "lab_fixture.h"

/* A branch of kernels, each screened by two boots; those from `step` on take 10 % more. */
static void night(struct lab *lab, struct commit *commits, int count, int step)
{
	commits[0] = lab_commit(lab);
	for (int i = 1; i < count; i++) {
		double value = i < step ? 1e6 : 1.1e6;
		struct run run;

		commits[i] = lab_commit(lab);
		run = lab_compare(lab, "screen", &commits[i - 1], &commits[i]);
		lab_session(lab, &run, "BB", value, value);
	}
}

static size_t pending(struct lab *lab, const char *branch, struct trend_wish *first)
{
	auto_free struct trend_wish *wishes = NULL;
	size_t count = 0;

	must(trend_pending(lab->s.db, branch, lab->s.host_id, 0, &wishes, &count, &store_err));
	if (count)
		*first = wishes[0];
	return count;
}

static void a_step_asks_for_one_confirm(void **state)
{
	struct commit commits[30];
	struct trend_wish wish = {0};
	struct lab lab;

	(void)state;
	lab_open(&lab);
	night(&lab, commits, 30, 20);
	assert_int_equal(pending(&lab, "next", &wish), 1);
	assert_int_equal(wish.base_commit, commits[19].id);
	assert_int_equal(wish.new_commit, commits[21].id); /* the range is the kernel 20 */
	assert_true(wish.p < 0.01);
	assert_int_equal(wish.points, 1);
	store_close(&lab.s);
}

static void a_quiet_branch_asks_for_nothing(void **state)
{
	struct commit commits[30];
	struct trend_wish wish;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	night(&lab, commits, 30, 30);
	assert_int_equal(pending(&lab, "next", &wish), 0);
	assert_int_equal(pending(&lab, "another", &wish), 0);
	store_close(&lab.s);
}

static void what_was_compared_is_not_asked_for_again(void **state)
{
	struct commit commits[30];
	struct trend_wish wish;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	night(&lab, commits, 30, 20);
	lab_compare(&lab, "confirm", &commits[18], &commits[22]);
	assert_int_equal(pending(&lab, "next", &wish), 0);
	must(db_exec(lab.s.db,
		"UPDATE comparisons SET state = 'failed', reason = 'x' WHERE kind = 'confirm'",
		&store_err));
	assert_int_equal(pending(&lab, "next", &wish), 1);
	store_close(&lab.s);
}

static void an_open_job_covers_its_range(void **state)
{
	struct commit commits[30];
	struct trend_wish wish;
	auto_free char *sql = NULL;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	night(&lab, commits, 30, 20);
	must(db_exec(lab.s.db,
		"INSERT INTO branches (name, repository, ref) VALUES ('next', 'r', 'refs/x')",
		&store_err));
	sql = mem_printf(
		"INSERT INTO jobs (kind, state, origin, branch_id, repository, "
		"base_commit, new_commit, plan, change, created_unix_ms, updated_unix_ms) "
		"VALUES ('confirm', 'queued', 'history', 1, 'r', %lld, %lld, 'p', 1, 1, 1)",
		(long long)commits[19].id, (long long)commits[21].id);
	must(db_exec(lab.s.db, sql, &store_err));
	assert_int_equal(pending(&lab, "next", &wish), 0);
	must(db_exec(lab.s.db, "UPDATE jobs SET state = 'ended'", &store_err));
	assert_int_equal(pending(&lab, "next", &wish), 1);
	store_close(&lab.s);
}

static void another_machine_begins_a_new_history(void **state)
{
	struct commit commits[30];
	struct trend_wish wish;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	night(&lab, commits, 30, 20);
	must(db_exec(lab.s.db,
		"UPDATE boots SET kvm_mode = 'VHE mode' WHERE id >= (SELECT 2 * 19 + 1)",
		&store_err));
	assert_true(record_all(lab.s.db, &store_err) > 0);
	assert_int_equal(pending(&lab, "next", &wish), 0);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_asks_for_one_confirm),
		cmocka_unit_test(a_quiet_branch_asks_for_nothing),
		cmocka_unit_test(what_was_compared_is_not_asked_for_again),
		cmocka_unit_test(an_open_job_covers_its_range),
		cmocka_unit_test(another_machine_begins_a_new_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
