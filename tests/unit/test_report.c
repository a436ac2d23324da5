/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <sys/wait.h>

#include "base/mem.h"
#include "text/probe.h"

/* The probe's end of the pipe, and the parser at ours: both must agree. */
#include "../../runner/probe/report.c"

#define TEXT_BYTES (1 << 20)

/*
 * What a process that does this reports. Each gets a process of its own,
 * because a report is written once a process.
 */
static char *report_of(void (*deeds)(void), size_t *ret_bytes)
{
	char *text = mem_new(TEXT_BYTES, 1), number[16];
	int ends[2], status;
	size_t bytes = 0;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	snprintf(number, sizeof(number), "%d", ends[1]);
	child = fork();
	if (child == 0) {
		setenv("KVMPERF_PROBE_FD", number, 1);
		deeds();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], text + bytes, TEXT_BYTES - bytes)) > 0)
		bytes += (size_t)n;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	*ret_bytes = bytes;
	return text;
}

static int read_back(void (*deeds)(void), struct probe_report *ret, struct err *err)
{
	size_t bytes;
	auto_free char *text = report_of(deeds, &bytes);

	return probe_parse(text, bytes, NULL, 0, ret, err);
}

static void an_ordinary_run(void)
{
	report_start();
	report_chunk(2097152, 0, 0, 2097152);
	report_call(MARK_OVERHEAD, 90, 0);
	report_call(MARK_OVERHEAD, 41, 0);
	report_call(MARK_ENABLE, 1000, 0);
	report_call(MARK_GET, INT64_MAX, 0);
	report_call(MARK_CLEAR, 0, 0);
	report_call(MARK_DISABLE, 7, 0);
	report_flush(1);
}

static void an_ordinary_run_reads_back(void **state)
{
	struct probe_report report;
	struct err err = ERR_INIT;

	(void)state;
	if (read_back(an_ordinary_run, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(report.call_count, 4);
	assert_int_equal(report.calls[0].kind, PROBE_ENABLE);
	assert_int_equal(report.calls[1].kind, PROBE_GET);
	assert_true(report.calls[1].duration_ns == INT64_MAX);
	assert_int_equal(report.calls[3].kind, PROBE_DISABLE);
	assert_int_equal(report.overhead_ns, 41);
	assert_int_equal(report.chunk_bytes, 2097152);
	probe_report_clear(&report);
}

static void more_calls_than_are_kept(void)
{
	report_start();
	for (int i = 0; i < REPORT_RECORDS + 10; i++)
		report_call(i % 2 ? MARK_CLEAR : MARK_GET, 3, 0);
	report_flush(1);
}

static void calls_that_are_not_kept_are_summed_up(void **state)
{
	struct probe_report report;
	struct err err = ERR_INIT;

	(void)state;
	if (read_back(more_calls_than_are_kept, &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(report.call_count, REPORT_RECORDS);
	assert_int_equal(report.more[PROBE_GET].calls, 5);
	assert_int_equal(report.more[PROBE_CLEAR].calls, 5);
	assert_int_equal(report.more[PROBE_CLEAR].duration_ns, 15);
	probe_report_clear(&report);
}

static void a_killed_run(void)
{
	report_start();
	report_call(MARK_GET, 3, 0);
	report_flush(0);
}

static void a_refusing_kernel(void)
{
	report_start();
	report_chunk(4097, -1, 22, 0);
	report_flush(1);
}

static void a_bad_setting(void)
{
	report_start();
	report_bad_chunk("2 x\n");
	report_flush(1);
}

static void too_many_descriptors(void)
{
	report_start();
	report_untracked_vm();
	report_flush(1);
}

static void a_silent_one(void)
{
	unsetenv("KVMPERF_PROBE_FD");
	report_start();
	report_chunk(2097152, 0, 0, 2097152);
	report_call(MARK_GET, 3, 0);
	report_flush(1);
}

static void one_with_a_closed_descriptor(void)
{
	setenv("KVMPERF_PROBE_FD", "999", 1);
	report_start();
	report_flush(1);
}

static void a_child_of_the_test(void)
{
	report_start();
	report_call(MARK_GET, 3, 0);
	if (fork() == 0) {
		report_flush(1);
		_exit(0);
	}
	wait(NULL);
}

static const struct bad_case {
	const char *sentence;
	void (*deeds)(void);
	int code;
	const char *says;
} bads[] = {
	{"a killed run tells what it has, but is no whole one", a_killed_run, -ENODATA,
		"stops after line 2"},
	{"a bad setting is told", a_bad_setting, -EINVAL,
		"KVMPERF_CHUNK=2?x? is no number of bytes"},
	{"VMs that were not tracked are told", too_many_descriptors, -EBADMSG, "1 VMs"},
	{"without the variable nothing is told", a_silent_one, -ENODATA, "said nothing"},
	{"without its descriptor nothing is told", one_with_a_closed_descriptor, -ENODATA,
		"said nothing"},
	{"a forked child does not tell its parent's calls", a_child_of_the_test, -ENODATA,
		"stops after line 1"},
};

static void other_runs_give_no_report(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		struct probe_report report;
		struct err err = ERR_INIT;
		int r = read_back(bads[i].deeds, &report, &err);

		if (r != bads[i].code || !strstr(err.text, bads[i].says))
			fail_msg("%s: %d, %s", bads[i].sentence, r, err.text);
	}
}

static void a_refusal_reads_back(void **state)
{
	struct probe_report report;

	(void)state;
	assert_int_equal(read_back(a_refusing_kernel, &report, NULL), 0);
	assert_true(report.chunk_refused);
	assert_int_equal(report.chunk_errno, 22);
	assert_int_equal(report.chunk_requested, 4097);
	probe_report_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_run_reads_back),
		cmocka_unit_test(calls_that_are_not_kept_are_summed_up),
		cmocka_unit_test(other_runs_give_no_report),
		cmocka_unit_test(a_refusal_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
