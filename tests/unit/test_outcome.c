/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "rules/outcome.h"

#define CHUNK "chunk requested=2097152 ret=0 errno=0 effective=2097152\n"
#define PROBE                               \
	"kvmperf-probe 1\n" CHUNK           \
	"overhead ns=80\n"                  \
	"call kind=enable ns=100 errno=0\n" \
	"call kind=get ns=200 errno=0\n"    \
	"end calls=2\n"
#define REFUSED                                                                  \
	"kvmperf-probe 1\nchunk requested=2097152 ret=-1 errno=22 effective=0\n" \
	"overhead ns=80\nend calls=0\n"
#define OTHER                                                                     \
	"kvmperf-probe 1\nchunk requested=2097152 ret=0 errno=0 effective=4096\n" \
	"overhead ns=80\nend calls=0\n"
#define UNTOLD "kvmperf-probe 1\noverhead ns=80\nend calls=0\n"

static const struct row {
	const char *sentence;
	int exit_status, signal;
	const char *output, *errors, *probe;
	struct outcome_facts facts;
	enum symptom symptom;
	const char *reason; /* must be in it */
} rows[] = {
	{"a good run", 0, 0, "", "", PROBE, {0}, SYMPTOM_NONE, NULL},
	{"a good run on huge pages", 0, 0, "", "", PROBE, {.wants_thp = true, .thp_served = 8},
		SYMPTOM_NONE, NULL},
	{"a run over its limit", -1, 15, "", "", PROBE, {.timed_out = true, .limit_s = 30},
		SYMPTOM_TIMEOUT, "limit of 30 s"},
	{"a run that was killed", -1, 9, "", "", "", {0}, SYMPTOM_KILLED, "signal 9 (Killed)"},
	{"a skip tells why", 4, 0, "1..0 # SKIP no KVM\n", "", "", {0}, SYMPTOM_SKIP,
		"skipped: 1..0 # SKIP no KVM"},
	{"a skip tells why on stderr", 4, 0, "Test iterations: 2\n",
		"/dev/kvm not available (errno: 2)\n", "", {0}, SYMPTOM_SKIP,
		"skipped: /dev/kvm not available"},
	{"an assertion tells where", 254, 0, "",
		"==== Test Assertion Failure ====\n  lib/kvm_util.c:42: ret == 0\n"
		"  pid=3 tid=3 errno=22 - Invalid argument\n     1\tstack\n",
		PROBE, {0}, SYMPTOM_ASSERT,
		"==== Test Assertion Failure ====; lib/kvm_util.c:42: ret == 0; pid=3"},
	{"any other end", 1, 0, "", "", PROBE, {0}, SYMPTOM_EXIT, "status 1: no message"},
	{"a refused chunk size", 0, 0, "", "", REFUSED, {0}, SYMPTOM_NO_SPLIT,
		"refused the eager-split chunk size 2097152: Invalid argument"},
	{"another chunk size", 0, 0, "", "", OTHER, {0}, SYMPTOM_NO_SPLIT,
		"reads back as 4096, the plan asks for 2097152"},
	{"a probe that set no chunk size", 0, 0, "", "", UNTOLD, {0}, SYMPTOM_NO_SPLIT,
		"set no eager-split"},
	{"a fault that fell back", 0, 0, "", "", PROBE,
		{.wants_thp = true, .thp_served = 7, .thp_fell_back = 1}, SYMPTOM_THP_FALLBACK,
		"7 faults got one, 1 got small"},
	{"no huge page at all", 0, 0, "", "", PROBE, {.wants_thp = true}, SYMPTOM_THP_FALLBACK,
		"0 faults got one"},
	{"fallback where none were asked for", 0, 0, "", "", PROBE, {.thp_fell_back = 3},
		SYMPTOM_NONE, NULL},
	{"huge pages that did not come back", 0, 0, "", "", PROBE, {.huge_pages_in_use = 2},
		SYMPTOM_PREPARE, "2 huge pages are still in use"},
	{"a test without the probe", 0, 0, "", "", "", {0}, SYMPTOM_OUTPUT,
		"the probe's report cannot be used"},
	{"an assertion explains a probe that ends early", 254, 0, "", "x\n",
		"kvmperf-probe 1\n", {0}, SYMPTOM_ASSERT, "x"},
};

static void a_process_counts_or_it_is_said_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct outcome_facts facts = row->facts;
		struct process_report report = {.exit_status = row->exit_status,
			.signal = row->signal,
			.output = mem_strdup(row->output),
			.output_bytes = strlen(row->output),
			.errors = mem_strdup(row->errors),
			.errors_bytes = strlen(row->errors)};

		facts.chunk_bytes = 2097152;
		facts.probe = row->probe;
		facts.probe_bytes = strlen(row->probe);
		outcome_judge(&report, &facts);
		if (report.symptom != row->symptom)
			fail_msg("%s: %s (%s)", row->sentence, symptom_name(report.symptom),
				report.reason ? report.reason : "no reason");
		assert_int_equal(report.failure,
			row->symptom == SYMPTOM_NONE ? FAILURE_NONE : FAILURE_TEST);
		if (row->reason && !strstr(report.reason, row->reason))
			fail_msg("%s: the reason is \"%s\"", row->sentence, report.reason);
		process_report_clear(&report);
	}
}

static void calls_are_taken_over_in_their_order(void **state)
{
	struct outcome_facts facts = {
		.chunk_bytes = 2097152, .probe = PROBE, .probe_bytes = strlen(PROBE)};
	struct process_report report = {0};

	(void)state;
	outcome_judge(&report, &facts);
	assert_int_equal(report.failure, FAILURE_NONE);
	assert_int_equal(report.chunk_bytes, 2097152);
	assert_int_equal(report.call_count, 2);
	assert_int_equal(report.calls[0].kind, IOCTL_ENABLE);
	assert_int_equal(report.calls[0].duration_ns, 100);
	assert_false(report.calls[0].has_instructions);
	assert_int_equal(report.calls[1].kind, IOCTL_GET);
	assert_int_equal(report.calls[1].duration_ns, 200);
	process_report_clear(&report);
}

static void the_negative_control_has_no_chunk_and_no_memory_of_its_kind(void **state)
{
	static const char probe[] =
		"kvmperf-probe 1\ncall kind=control ns=900 errno=0\n"
		"call kind=control ns=800 errno=0\nend calls=2\n",
			  counts[] =
				  "count kind=control instructions=600 waited=0 begin=1 end=1\n"
				  "count kind=control instructions=0 waited=0 begin=0 end=1\n";
	struct outcome_facts facts = {.is_control = true,
		.chunk_bytes = 2097152,
		.wants_thp = true,
		.huge_pages_in_use = 8,
		.probe = probe,
		.probe_bytes = strlen(probe),
		.counts = counts,
		.counts_bytes = strlen(counts)};
	struct process_report report = {0};

	(void)state;
	outcome_judge(&report, &facts);
	assert_int_equal(report.failure, FAILURE_NONE);
	assert_int_equal(report.call_count, 2);
	assert_int_equal(report.calls[0].kind, IOCTL_CONTROL);
	assert_int_equal(report.calls[0].instructions, 600);
	assert_false(report.calls[1].has_instructions);
	assert_int_equal(report.calls_dropped, 1);
	process_report_clear(&report);
	report = (struct process_report){.exit_status = 1};
	outcome_judge(&report, &facts);
	assert_int_equal(report.symptom, SYMPTOM_EXIT);
	process_report_clear(&report);
}

static void what_the_probe_costs_is_known_where_a_counter_saw_it(void **state)
{
	static const char counts[] =
		"count kind=overhead instructions=1 waited=0 begin=1 end=1\n"
		"count kind=wrapper instructions=173 waited=0 begin=1 end=1\n"
		"count kind=enable instructions=5000 waited=0 begin=1 end=1\n"
		"count kind=get instructions=700 waited=0 begin=1 end=1\n";
	struct outcome_facts facts = {
		.chunk_bytes = 2097152, .probe = PROBE, .probe_bytes = strlen(PROBE)};
	struct process_report without = {0}, with = {0};

	(void)state;
	outcome_judge(&without, &facts);
	assert_false(without.has_probe_cost);
	facts.counts = counts;
	facts.counts_bytes = strlen(counts);
	outcome_judge(&with, &facts);
	assert_int_equal(with.failure, FAILURE_NONE);
	assert_true(with.has_probe_cost);
	assert_int_equal(with.probe_overhead, 1);
	assert_int_equal(with.probe_wrapper, 173);
	process_report_clear(&without);
	process_report_clear(&with);
}

static void a_lost_link_is_the_kernels_fault_if_it_says_so(void **state)
{
	static const struct {
		const char *sentence, *console;
		bool was_reset, silent;
		enum failure failure;
		enum symptom symptom;
		enum failure after; /* golden came back */
	} losses[] = {
		{"a panic on the console", "[ 9.1] Kernel panic - not syncing: BUG\r\n", true,
			false, FAILURE_KERNEL, SYMPTOM_PANIC, FAILURE_KERNEL},
		{"a reset without a word", "", true, false, FAILURE_KERNEL, SYMPTOM_RESET,
			FAILURE_KERNEL},
		{"silence", "", false, true, FAILURE_LINK, SYMPTOM_HANG, FAILURE_KERNEL},
		{"a stream that ends", "", false, false, FAILURE_LINK, SYMPTOM_LOST,
			FAILURE_LINK},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
		struct process_report report = {0};

		outcome_lost(&report, losses[i].console, losses[i].was_reset, losses[i].silent,
			"it is silent");
		if (report.failure != losses[i].failure || report.symptom != losses[i].symptom)
			fail_msg("%s: %s", losses[i].sentence, report.reason);
		outcome_hung(&report.failure, report.symptom);
		if (report.failure != losses[i].after)
			fail_msg("%s: then %s", losses[i].sentence, report.reason);
		process_report_clear(&report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_counts_or_it_is_said_why_not),
		cmocka_unit_test(calls_are_taken_over_in_their_order),
		cmocka_unit_test(the_negative_control_has_no_chunk_and_no_memory_of_its_kind),
		cmocka_unit_test(what_the_probe_costs_is_known_where_a_counter_saw_it),
		cmocka_unit_test(a_lost_link_is_the_kernels_fault_if_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
