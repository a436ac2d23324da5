/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/departures.h"

#include "base/mem.h"
#include "store/boots.h"
#include "store_fixture.h"

static struct departure departure_of(const char *old_boot_id)
{
	return (struct departure){mem_strdup("console=ttyAMA0 kvmperf.boot=1"),
		mem_strdup(old_boot_id), mem_strdup("6.12.0-golden")};
}

static int64_t leave(struct store *s, char side, int64_t now_unix_ms)
{
	struct departure departure = departure_of("golden-boot");
	int64_t boot = store_boot(s, side, now_unix_ms);

	must(departure_store(s->db, boot, &departure, &store_err));
	departure_clear(&departure);
	return boot;
}

static int resets(struct store *s, int64_t boot, int *ret_lost)
{
	struct unfinished unfinished = {0};
	int resets;

	assert_int_equal(unfinished_load(s->db, boot, &unfinished, &store_err), 1);
	resets = unfinished.resets;
	*ret_lost = unfinished.lost;
	unfinished_clear(&unfinished);
	return resets;
}

static void what_one_process_leaves_another_finds(void **state)
{
	struct boot_report report = {.failure = FAILURE_KERNEL,
		.symptom = SYMPTOM_NO_KVM,
		.reason = mem_strdup("there is no KVM"),
		.boot_id = mem_strdup("test-boot"),
		.taint = 4,
		.kexec_ms = 1234};
	struct unfinished found = {0};
	struct store s;
	int64_t boot;

	(void)state;
	store_open(&s);
	boot = leave(&s, 'B', 4000);
	must(boot_record(s.db, boot, &report, &store_err));
	store_process(&s, boot, 1, 1000);
	assert_int_equal(unfinished_load(s.db, boot, &found, &store_err), 1);
	assert_string_equal(found.departure.cmdline, "console=ttyAMA0 kvmperf.boot=1");
	assert_string_equal(found.departure.old_boot_id, "golden-boot");
	assert_string_equal(found.departure.golden_release, "6.12.0-golden");
	assert_int_equal(found.side, 'B');
	assert_int_equal(found.kernel_id, s.kernels[1].kernel.id);
	assert_int_equal(found.report.failure, FAILURE_KERNEL);
	assert_int_equal(found.report.symptom, SYMPTOM_NO_KVM);
	assert_string_equal(found.report.reason, "there is no KVM");
	assert_string_equal(found.report.boot_id, "test-boot");
	assert_int_equal(found.report.taint, 4);
	assert_int_equal(found.report.kexec_ms, 1234);
	assert_int_equal(found.processes, 1);
	assert_int_equal(found.rejected, 0);
	unfinished_clear(&found);
	boot_report_clear(&report);
	store_close(&s);
}

static void a_boot_that_did_not_leave_or_has_ended_is_none(void **state)
{
	struct unfinished found = {0};
	struct store s;
	int64_t here, ended;

	(void)state;
	store_open(&s);
	here = store_boot(&s, 'A', 4000);
	assert_int_equal(unfinished_load(s.db, here, &found, &store_err), 0);
	assert_int_equal(unfinished_load(s.db, here + 99, &found, &store_err), 0);
	ended = leave(&s, 'A', 5000);
	store_boot_good(&s, ended, 6000);
	assert_int_equal(unfinished_load(s.db, ended, &found, &store_err), 0);
	store_close(&s);
}

/* Lost by resets, this many: L of side A, l of side B, D done of A, S lost by a stop of A. */
static const struct {
	const char *sentence, *before;
	int want, lost;
} rows[] = {
	{"the first boot has none before it", "", 0, 0},
	{"each lost by a reset is one", "LL", 2, 2},
	{"the other kernel's say nothing", "Lll", 1, 1},
	{"a boot that was stopped says nothing", "LSL", 2, 3},
	{"a good boot forgives", "LLD", 0, 0},
	{"and it begins anew", "LLDL", 1, 1},
};

static void resets_in_a_row_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct store s;
		int got, lost;

		store_open(&s);
		for (const char *p = rows[i].before; *p; p++) {
			int64_t boot = leave(&s, *p == 'l' ? 'B' : 'A', 4000);

			if (*p == 'D')
				store_boot_good(&s, boot, 5000);
			else
				must(boot_lose(s.db, boot,
					*p == 'S' ? SYMPTOM_NONE : SYMPTOM_RESET, "why",
					&store_err));
		}
		got = resets(&s, leave(&s, 'A', 9000), &lost);
		if (got != rows[i].want || lost != rows[i].lost)
			fail_msg("%s: %d of %d, expected %d of %d", rows[i].sentence, got, lost,
				rows[i].want, rows[i].lost);
		store_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_process_leaves_another_finds),
		cmocka_unit_test(a_boot_that_did_not_leave_or_has_ended_is_none),
		cmocka_unit_test(resets_in_a_row_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
