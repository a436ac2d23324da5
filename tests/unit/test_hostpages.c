/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/hostpages.h"

#include <errno.h>

#include "lab_fixture.h"

static void make_lab(struct lab *lab)
{
	struct commit base, fresh;
	struct run run;

	lab_open(lab);
	base = lab_commit(lab);
	fresh = lab_commit(lab);
	run = lab_compare(lab, "aa", &base, &base);
	lab_session(lab, &run, "ABBA", 1e6, 1e6);
	must(run_end(lab->s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, lab->now, &store_err));
	run = lab_compare(lab, "screen", &base, &fresh);
	lab_session(lab, &run, "BB", 1e6, 1e6);
}

static struct host_page load(struct lab *lab)
{
	struct host_page page;

	must(host_page_load(lab->s.db, lab->s.host_id, &page, &store_err));
	return page;
}

static void a_host_has_its_boots_and_its_runs_against_itself(void **state)
{
	struct host_page page;
	struct lab lab;

	(void)state;
	make_lab(&lab);
	page = load(&lab);
	assert_string_equal(page.name, "emulated");
	assert_true(page.emulated);
	assert_int_equal(page.boots, 6);
	assert_int_equal(page.boots_failed, 0);
	assert_int_equal(page.failed_count, 0);
	assert_int_equal(page.aa_count, 1);
	assert_string_equal(page.aa[0].base_oid, page.aa[0].fresh_oid);
	host_page_clear(&page);
	must(db_exec(lab.s.db,
		"UPDATE boots SET state = 'failed', failure = 'kernel', symptom = 'hang', "
		"reason = 'silent' WHERE id = (SELECT max(id) FROM boots)",
		&store_err));
	page = load(&lab);
	assert_int_equal(page.boots_failed, 1);
	assert_int_equal(page.failed_count, 1);
	assert_int_equal(page.failed[0].symptom, SYMPTOM_HANG);
	assert_string_equal(page.failed[0].reason, "silent");
	host_page_clear(&page);
	store_close(&lab.s);
}

static fingerprint print_of_host(struct lab *lab)
{
	struct host_entry *entries = NULL;
	fingerprint print = 0;
	size_t count;

	must(host_entries_load(lab->s.db, &entries, &count, &store_err));
	for (size_t i = 0; i < count; i++) {
		if (entries[i].id == lab->s.host_id)
			print = entries[i].print;
		free(entries[i].name);
	}
	free(entries);
	return print;
}

static void what_its_page_shows_is_in_its_fingerprint(void **state)
{
	static const struct {
		const char *sentence, *sql;
		bool changes;
	} rows[] = {
		{"nothing", "SELECT 1", false},
		{"its health", "UPDATE hosts SET health = 'quarantined', health_reason = 'x'",
			true},
		{"a boot that ends",
			"UPDATE boots SET ended_unix_ms = ended_unix_ms + 9999999 WHERE id = "
			"(SELECT max(id) FROM boots)",
			true},
		{"a boot that fails",
			"UPDATE boots SET state = 'failed', failure = 'kernel', symptom = "
			"'hang' "
			"WHERE id = (SELECT max(id) FROM boots)",
			true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fingerprint before;
		struct lab lab;

		make_lab(&lab);
		before = print_of_host(&lab);
		must(db_exec(lab.s.db, rows[i].sql, &store_err));
		if ((print_of_host(&lab) != before) != rows[i].changes)
			fail_msg("%s", rows[i].sentence);
		store_close(&lab.s);
	}
}

static void a_host_that_is_not_there_is_an_error(void **state)
{
	struct host_page page;
	struct lab lab;

	(void)state;
	make_lab(&lab);
	assert_int_equal(host_page_load(lab.s.db, 4711, &page, NULL), -ENOENT);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_has_its_boots_and_its_runs_against_itself),
		cmocka_unit_test(what_its_page_shows_is_in_its_fingerprint),
		cmocka_unit_test(a_host_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
