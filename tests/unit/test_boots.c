/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/boots.h"

#include <errno.h>

#include "io/zip.h"
#include "store_fixture.h"

static void boots_are_numbered_in_order(void **state)
{
	static const char sides[] = {'A', 'B', 'B', 'A'};
	auto_free struct run_boot *boots = NULL;
	size_t count = 0;
	struct store s;

	(void)state;
	store_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++)
		store_boot_good(&s, store_boot(&s, sides[i], 4000), 5000);
	must(boots_load(s.db, s.run.id, &boots, &count, &store_err));
	assert_int_equal(count, ARRAY_SIZE(sides));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(boots[i].sequence, i + 1);
		assert_int_equal(boots[i].side, sides[i]);
		assert_int_equal(boots[i].state, BOOT_DONE);
	}
	store_close(&s);
}

static void a_boot_left_running_is_lost(void **state)
{
	struct boot_report bad = {.failure = FAILURE_KERNEL, .symptom = SYMPTOM_HANG};
	auto_free struct run_boot *boots = NULL;
	struct boot_report late = {0};
	struct err err = ERR_INIT;
	int64_t failed, left;
	size_t count = 0;
	struct store s;

	(void)state;
	store_open(&s);
	failed = store_boot(&s, 'A', 4000);
	must(boot_end(s.db, failed, &bad, 5000, &store_err));
	left = store_boot(&s, 'A', 6000);
	store_process(&s, left, 1, 1000);
	must(boots_load(s.db, s.run.id, &boots, &count, &store_err));
	assert_int_equal(count, 2);
	assert_int_equal(boots[0].state, BOOT_FAILED);
	assert_int_equal(boots[1].state, BOOT_LOST);
	assert_int_equal(boots[1].id, left);
	/* Its values stay, and nothing can bring it back. */
	assert_int_equal(store_count(&s, "SELECT count(*) FROM samples"), 2);
	assert_int_equal(boot_end(s.db, left, &late, 7000, &err), -ESTALE);
	assert_int_equal(boot_record(s.db, left, &late, &err), -ESTALE);
	assert_non_null(strstr(err.text, "is not running any more"));
	store_close(&s);
}

static void boots_of_another_run_are_left_alone(void **state)
{
	auto_free struct run_boot *boots = NULL;
	size_t count = 7;
	int64_t other;
	struct store s;

	(void)state;
	store_open(&s);
	store_boot(&s, 'A', 4000);
	must(run_start(s.db, &s.run, 5000, &store_err));
	other = s.run.id;
	must(boots_load(s.db, other, &boots, &count, &store_err));
	assert_int_equal(count, 0);
	assert_int_equal(
		store_count(&s, "SELECT count(*) FROM boots WHERE state = 'running'"), 1);
	store_close(&s);
}

static void what_was_learned_is_kept(void **state)
{
	struct boot_report first = {.boot_id = (char *)(uintptr_t) "id",
		.release = (char *)(uintptr_t) "6.12.0",
		.cmdline = (char *)(uintptr_t) "quiet",
		.facts = (char *)(uintptr_t) "cpu: x\n",
		.taint = UINT64_MAX,
		.kexec_ms = 1234};
	struct boot_report second = {.failure = FAILURE_TEST,
		.symptom = SYMPTOM_ASSERT,
		.reason = (char *)(uintptr_t) "it's \"broken\" \xff",
		.dmesg = (char *)(uintptr_t) "kvm [1]: hello\n"};
	auto_query struct query *query = NULL;
	auto_free char *facts = NULL;
	const void *packed;
	size_t packed_bytes, bytes;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = store_boot(&s, 'B', 4000);
	must(boot_record(s.db, id, &first, &store_err));
	must(boot_end(s.db, id, &second, 5000, &store_err));
	must(query_open(s.db,
		"SELECT state, failure, symptom, reason, boot_id, release, cmdline, facts_z, "
		"dmesg_z IS NOT NULL, console_z IS NULL, ended_unix_ms FROM boots",
		&query, &store_err));
	assert_int_equal(query_step(query, NULL), 1);
	assert_string_equal(query_text(query, 0), "failed");
	assert_string_equal(query_text(query, 1), "test");
	assert_string_equal(query_text(query, 2), "assert");
	assert_string_equal(query_text(query, 3), second.reason);
	assert_string_equal(query_text(query, 4), "id");
	assert_string_equal(query_text(query, 5), "6.12.0");
	assert_string_equal(query_text(query, 6), "quiet");
	packed = query_blob(query, 7, &packed_bytes);
	must(zip_unpack(packed, packed_bytes, 100, &facts, &bytes, &store_err));
	assert_string_equal(facts, "cpu: x\n");
	assert_int_equal(query_int(query, 8), 1);
	assert_int_equal(query_int(query, 9), 1);
	assert_int_equal(query_int(query, 10), 5000);
	query_close_ptr(&query);
	store_close(&s);
}

static void a_boot_of_nothing_is_refused(void **state)
{
	struct store s;
	int64_t id = -1;

	(void)state;
	store_open(&s);
	assert_int_equal(
		boot_start(s.db, s.run.id, s.session, 4711, 'A', 1, &id, NULL), -EEXIST);
	assert_int_equal(boot_start(s.db, s.run.id, s.session, s.kernels[0].kernel.id, 'C', 1,
				 &id, NULL),
		-EEXIST);
	assert_int_equal(id, -1);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots_are_numbered_in_order),
		cmocka_unit_test(a_boot_left_running_is_lost),
		cmocka_unit_test(boots_of_another_run_are_left_alone),
		cmocka_unit_test(what_was_learned_is_kept),
		cmocka_unit_test(a_boot_of_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
