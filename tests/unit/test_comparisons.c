/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/comparisons.h"

#include <errno.h>

#include "store_fixture.h"

static void a_comparison_is_read_back(void **state)
{
	struct comparison c;
	struct store s;
	char *plan = NULL;

	(void)state;
	store_open(&s);
	must(comparison_load(s.db, s.run.id, &c, &plan, &store_err));
	assert_string_equal(plan, STORE_PLAN);
	assert_string_equal(c.branch, "next");
	assert_string_equal(c.host, "emulated");
	assert_true(c.emulated);
	assert_string_equal(c.plan, "small");
	assert_string_equal(c.plan_hash, "0123456789ab");
	assert_string_equal(c.state, "running");
	assert_string_equal(c.base.subject, "Linux 6.12");
	assert_string_equal(c.fresh.release, "6.12.0-1");
	assert_string_equal(c.fresh.image_hash, "hash1");
	assert_int_equal(c.boot_count, 0);
	assert_null(c.host_facts);
	free(plan);
	comparison_clear(&c);
	assert_int_equal(comparison_load(s.db, 4711, &c, &plan, &store_err), -ENOENT);
	assert_string_equal(store_err.text, "there is no comparison 4711");
	store_close(&s);
}

static void a_side_that_was_never_built_has_a_commit_only(void **state)
{
	struct comparison c;
	struct store s;
	char *plan = NULL;

	(void)state;
	store_open(&s);
	must(db_exec(s.db, "DELETE FROM kernels WHERE commit_id = 2", &store_err));
	must(comparison_load(s.db, s.run.id, &c, &plan, &store_err));
	assert_non_null(c.fresh.oid);
	assert_null(c.fresh.toolchain);
	assert_null(c.fresh.release);
	assert_int_equal(c.fresh.failure, FAILURE_NONE);
	free(plan);
	comparison_clear(&c);
	store_close(&s);
}

/* A good, a failed, a lost and a running boot, each with a process. */
static void make_boots(struct store *s)
{
	struct boot_report bad = {.failure = FAILURE_TEST,
		.symptom = SYMPTOM_TIMEOUT,
		.reason = (char *)(uintptr_t) "too slow"};
	int64_t good = store_boot(s, 'A', 100), failed = store_boot(s, 'B', 200);
	int64_t lost = store_boot(s, 'B', 300), running;
	struct process_report rejected = {.failure = FAILURE_TEST, .symptom = SYMPTOM_SKIP};

	store_process(s, good, 0, 1); /* warm-up */
	store_process(s, good, 1, 1000);
	store_process(s, good, 2, 2000);
	must(process_store(s->db, good, &s->plan.scenarios[0], STORE_MODE, 3, &rejected, NULL,
		0, &store_err));
	store_boot_good(s, good, 150);
	store_process(s, failed, 1, 3000);
	must(boot_end(s->db, failed, &bad, 250, &store_err));
	store_process(s, lost, 1, 4000);
	must(db_exec(s->db, "UPDATE boots SET state = 'lost' WHERE sequence = 3", &store_err));
	running = store_boot(s, 'A', 400);
	store_process(s, running, 1, 5000);
}

static void every_boot_that_ended_is_listed(void **state)
{
	struct comparison c;
	struct store s;
	char *plan = NULL;

	(void)state;
	store_open(&s);
	make_boots(&s);
	must(comparison_load(s.db, s.run.id, &c, &plan, &store_err));
	assert_int_equal(c.boot_count, 3);
	assert_int_equal(c.boots[0].side, 'A');
	assert_int_equal(c.boots[0].failure, FAILURE_NONE);
	assert_int_equal(c.boots[0].processes, 2);
	assert_int_equal(c.boots[0].rejected, 1);
	assert_int_equal(c.boots[0].ended_unix_ms, 150);
	assert_int_equal(c.boots[1].failure, FAILURE_TEST);
	assert_int_equal(c.boots[1].symptom, SYMPTOM_TIMEOUT);
	assert_string_equal(c.boots[1].reason, "too slow");
	assert_int_equal(c.boots[2].failure, FAILURE_LINK);
	assert_int_equal(c.boots[2].symptom, SYMPTOM_LOST);
	free(plan);
	comparison_clear(&c);
	store_close(&s);
}

static void only_values_that_count_are_read(void **state)
{
	struct raw_set raw;
	struct store s;

	(void)state;
	store_open(&s);
	make_boots(&s);
	must(comparison_values(s.db, s.run.id, &raw, &store_err));
	assert_int_equal(raw.count, 4); /* two processes of two values in the good boot */
	assert_int_equal(raw.quantity_count, 2);
	assert_int_equal(raw.scenario_count, 1);
	for (size_t i = 0; i < raw.count; i++) {
		const struct raw_value *value = &raw.values[i];
		bool counted = strcmp(raw.quantities[value->quantity], "insn.enable") == 0;

		assert_int_equal(value->process, 1 + (int)i / 2);
		assert_string_equal(raw.units[value->quantity], counted ? "instructions" : "s");
		if (counted)
			assert_near(value->value, 1000.0 * value->process, 0);
	}
	raw_set_clear(&raw);
	must(comparison_values(s.db, 4711, &raw, &store_err));
	assert_int_equal(raw.count, 0);
	raw_set_clear(&raw);
	store_close(&s);
}

static void facts_are_those_of_the_newest_good_boot(void **state)
{
	struct boot_report old = {.cmdline = (char *)(uintptr_t) "old",
		.facts = (char *)(uintptr_t) "age: old\n"};
	struct boot_report new = {.cmdline = (char *)(uintptr_t) "new",
		.facts = (char *)(uintptr_t) "age: new\n"};
	struct comparison c;
	struct store s;
	char *plan = NULL;

	(void)state;
	store_open(&s);
	must(boot_end(s.db, store_boot(&s, 'A', 1), &old, 2, &store_err));
	must(boot_end(s.db, store_boot(&s, 'B', 3), &new, 4, &store_err));
	new.failure = FAILURE_HOST;
	new.facts = new.cmdline = (char *)(uintptr_t) "failed";
	must(boot_end(s.db, store_boot(&s, 'B', 5), &new, 6, &store_err));
	must(comparison_load(s.db, s.run.id, &c, &plan, &store_err));
	assert_string_equal(c.host_facts, "age: new\n");
	assert_string_equal(c.cmdline, "new");
	free(plan);
	comparison_clear(&c);
	must(db_exec(
		s.db, "UPDATE boots SET facts_z = x'0102' WHERE sequence = 2", &store_err));
	assert_int_equal(comparison_load(s.db, s.run.id, &c, &plan, &store_err), -EBADMSG);
	store_close(&s);
}

static void comparisons_are_found_by_their_commits(void **state)
{
	auto_free int64_t *ids = NULL;
	int64_t first, id = 0;
	size_t count = 0;
	struct store s;

	(void)state;
	store_open(&s);
	first = s.run.id;
	must(run_start(s.db, &s.run, 9, &store_err));
	must(comparison_list(s.db, &ids, &count, &store_err));
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], s.run.id);
	assert_int_equal(ids[1], first);
	assert_int_equal(
		comparison_find(s.db, s.commits[0].oid, s.commits[1].oid, &id, NULL), 1);
	assert_int_equal(id, s.run.id);
	assert_int_equal(
		comparison_find(s.db, s.commits[1].oid, s.commits[0].oid, &id, NULL), 0);
	store_close(&s);
}

static const struct {
	const char *name, *word;
	int count;
	char first; /* of the commit that is found */
} words[] = {
	{"a full id", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, 'a'},
	{"an abbreviated id", "bbbb", 1, 'b'},
	{"capital letters", "BBBBB", 1, 'b'},
	{"three digits are too few", "bbb", 0, 0},
	{"an id that is longer", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 0},
	{"another id", "cccc", 0, 0},
	{"the row of a kernel", "kernel:2", 1, 'b'},
	{"no row of a kernel", "kernel:7", 0, 0},
	{"a pattern", "%%%%", 0, 0},
	{"SQL", "' OR 1 = 1; --", 0, 0},
	{"nothing", "", 0, 0},
};

static void test_lookup(void **state)
{
	struct store s;

	(void)state;
	store_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *oids[2] = {NULL, NULL};
		int count = commit_lookup(s.db, words[i].word, oids, 2, &store_err);

		if (count != words[i].count || (count && oids[0][0] != words[i].first))
			fail_msg("%s: %d", words[i].name, count);
		free(oids[0]);
		free(oids[1]);
	}
	store_close(&s);
}

static void two_commits_of_one_beginning_are_both_told(void **state)
{
	struct commit twin = {0};
	char *oids[2] = {NULL, NULL};
	struct store s;

	(void)state;
	store_open(&s);
	strcpy(twin.oid, "aaaaaab");
	must(commit_store(s.db, &twin, &store_err));
	assert_int_equal(commit_lookup(s.db, "aaaaa", oids, 2, NULL), 2);
	assert_string_not_equal(oids[0], oids[1]);
	free(oids[0]);
	free(oids[1]);
	assert_int_equal(commit_lookup(s.db, "aaaaa", oids, 1, NULL), 1);
	free(oids[0]);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comparison_is_read_back),
		cmocka_unit_test(a_side_that_was_never_built_has_a_commit_only),
		cmocka_unit_test(every_boot_that_ended_is_listed),
		cmocka_unit_test(only_values_that_count_are_read),
		cmocka_unit_test(facts_are_those_of_the_newest_good_boot),
		cmocka_unit_test(comparisons_are_found_by_their_commits),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(two_commits_of_one_beginning_are_both_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
