/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/bootpages.h"

#include <errno.h>

#include "store_fixture.h"

static void a_boot_is_read_back_with_all_it_left(void **state)
{
	char output[] = "line\n\0\xff", dmesg[] = "Linux version 6.12\nnoise\nkvm [1]: VHE\n";
	struct process_report process = {.command = (char *)(uintptr_t) "test -g",
		.exit_status = 254,
		.failure = FAILURE_TEST,
		.symptom = SYMPTOM_ASSERT,
		.reason = (char *)(uintptr_t) "no & never",
		.output = output,
		.output_bytes = sizeof(output),
		.chunk_bytes = 2 << 20,
		.calls_dropped = 3};
	const struct process_value values[] = {{"ioctl.get.count", "calls", 0, 2},
		{"ioctl.enable.count", "calls", 0, 1}, {"get", "s", 2, 0.25},
		{"get", "s", 1, 0.5}};
	struct boot_report report = {.release = (char *)(uintptr_t) "6.12.0",
		.taint = 512,
		.dmesg = dmesg,
		.failure = FAILURE_TEST,
		.symptom = SYMPTOM_ASSERT};
	struct boot_page page;
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = store_boot(&s, 'B', 100);
	store_process(&s, id, 0, 1);
	must(process_store(s.db, id, &s.plan.scenarios[1], STORE_MODE, 1, &process, values,
		ARRAY_SIZE(values), &store_err));
	must(boot_end(s.db, id, &report, 900, &store_err));
	must(boot_page_load(s.db, id, &page, &store_err));
	assert_string_equal(page.host, "emulated");
	assert_string_equal(page.subject, "KVM: arm64: faster");
	assert_int_equal(page.taint, 512);
	assert_int_equal(page.ended_unix_ms, 900);
	assert_string_equal(page.dmesg, dmesg);
	assert_string_equal(page.highlights, "Linux version 6.12\nkvm [1]: VHE\n");
	assert_null(page.console);
	assert_int_equal(page.process_count, 2);
	assert_true(page.processes[0].warmup);
	assert_false(page.processes[1].warmup);
	assert_int_equal(page.processes[1].number, 2);
	assert_int_equal(page.processes[1].calls, 3);
	assert_int_equal(page.processes[1].calls_dropped, 3);
	assert_int_equal(page.processes[1].symptom, SYMPTOM_ASSERT);
	assert_int_equal(page.processes[1].output_bytes, sizeof(output));
	assert_memory_equal(page.processes[1].output, output, sizeof(output));
	assert_int_equal(page.processes[1].errors_bytes, 0);
	assert_int_equal(page.processes[1].value_count, 4);
	assert_int_equal(page.processes[1].values[2].iteration, 1);
	assert_near(page.processes[1].values[2].value, 0.5, 0);
	boot_page_clear(&page);
	store_close(&s);
}

static void a_lost_boot_says_so(void **state)
{
	auto_free struct run_boot *boots = NULL;
	struct boot_page page;
	struct store s;
	size_t count;

	(void)state;
	store_open(&s);
	store_boot(&s, 'A', 100);
	must(boots_load(s.db, s.run.id, &boots, &count, &store_err));
	must(boot_page_load(s.db, boots[0].id, &page, &store_err));
	assert_int_equal(page.failure, FAILURE_LINK);
	assert_int_equal(page.symptom, SYMPTOM_LOST);
	assert_string_equal(page.reason, "kvmperf was stopped during this boot");
	assert_int_equal(page.process_count, 0);
	boot_page_clear(&page);
	store_close(&s);
}

static void damage_and_absence_are_errors(void **state)
{
	static const char *const harm[] = {
		"UPDATE processes SET output_z = x'ff'",
		"UPDATE processes SET output_z = errors_z, errors_z = x'ffffffffffffffff00'",
		"UPDATE boots SET dmesg_z = x'0500000000000000aabb'",
	};
	struct boot_page page = {.id = 77};
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	assert_int_equal(boot_page_load(s.db, 4711, &page, &store_err), -ENOENT);
	assert_string_equal(store_err.text, "there is no boot 4711");
	id = store_boot(&s, 'A', 100);
	store_process(&s, id, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(harm); i++) {
		int r;

		must(db_begin(s.db, &store_err));
		must(db_exec(s.db, harm[i], &store_err));
		r = boot_page_load(s.db, id, &page, &store_err);
		assert_true(r == -EBADMSG || r == -EFBIG);
		assert_int_equal(strncmp(store_err.text, "boot 1: packed text", 19), 0);
		db_rollback(s.db);
	}
	assert_int_equal(page.id, 77);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_is_read_back_with_all_it_left),
		cmocka_unit_test(a_lost_boot_says_so),
		cmocka_unit_test(damage_and_absence_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
