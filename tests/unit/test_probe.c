/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "text/probe.h"

#define HEAD  "kvmperf-probe 1\n"
#define CHUNK "chunk requested=2097152 ret=0 errno=0 effective=2097152\n"
#define CALLS                                  \
	"call kind=enable ns=889184 errno=0\n" \
	"call kind=get ns=172912 errno=0\n"    \
	"call kind=clear ns=3375008 errno=0\n" \
	"call kind=disable ns=488816 errno=0\n"
#define WHOLE                                                                             \
	HEAD CHUNK CHUNK "overhead ns=490848\noverhead ns=1120\noverhead ns=1440\n" CALLS \
			 "end calls=4\n"
#define COUNT(kind, n, cpus) "count kind=" kind " instructions=" n " waited=3 " cpus "\n"
#define REHEARSED                                 \
	COUNT("overhead", "0", "begin=0 end=0")   \
	COUNT("wrapper", "7657", "begin=0 end=0") \
	COUNT("overhead", "0", "begin=0 end=1")   \
	COUNT("wrapper", "0", "begin=0 end=1")    \
	COUNT("overhead", "0", "begin=1 end=1")   \
	COUNT("wrapper", "250", "begin=1 end=1")
#define COUNTS                                                                                 \
	REHEARSED COUNT("enable", "14375", "begin=1 end=1")                                    \
		COUNT("get", "649", "begin=1 end=1") COUNT("clear", "519179", "begin=1 end=1") \
			COUNT("disable", "9290", "begin=1 end=1")

static void report_and_counts_are_merged(void **state)
{
	static const struct probe_call want[] = {
		{PROBE_ENABLE, 889184, true, 14375},
		{PROBE_GET, 172912, true, 649},
		{PROBE_CLEAR, 3375008, true, 519179},
		{PROBE_DISABLE, 488816, true, 9290},
	};
	struct probe_report report;
	struct err err = ERR_INIT;

	(void)state;
	if (probe_parse(WHOLE, strlen(WHOLE), COUNTS, strlen(COUNTS), &report, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(report.call_count, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(report.calls[i].kind, want[i].kind);
		assert_int_equal(report.calls[i].duration_ns, want[i].duration_ns);
		assert_true(report.calls[i].has_instructions);
		assert_int_equal(report.calls[i].instructions, want[i].instructions);
	}
	assert_int_equal(report.calls_dropped, 0);
	assert_true(report.has_chunk);
	assert_false(report.chunk_refused);
	assert_int_equal(report.chunk_bytes, 2097152);
	assert_int_equal(report.overhead_ns, 1120);
	assert_true(report.has_overhead);
	assert_int_equal(report.overhead_instructions, 0);
	assert_int_equal(report.wrapper_instructions, 250);
	probe_report_clear(&report);
	assert_null(report.calls);
}

static void without_a_counter_nothing_is_dropped(void **state)
{
	struct probe_report report;

	(void)state;
	assert_int_equal(probe_parse(WHOLE, strlen(WHOLE), NULL, 0, &report, NULL), 0);
	assert_int_equal(report.call_count, 4);
	assert_false(report.calls[0].has_instructions);
	assert_int_equal(report.calls_dropped, 0);
	assert_false(report.has_overhead);
	probe_report_clear(&report);
}

static void a_thread_that_moved_has_no_count(void **state)
{
	static const char text[] = HEAD "call kind=get ns=1 errno=0\nend calls=1\n";
	static const char counts[] = COUNT("get", "0", "begin=0 end=1");
	struct probe_report report;

	(void)state;
	assert_int_equal(
		probe_parse(text, strlen(text), counts, strlen(counts), &report, NULL), 0);
	assert_false(report.calls[0].has_instructions);
	assert_int_equal(report.calls_dropped, 1);
	assert_false(report.has_chunk);
	assert_int_equal(report.overhead_ns, -1);
	probe_report_clear(&report);
}

static void calls_that_were_summed_up_need_their_counts(void **state)
{
	static const char text[] = HEAD
		"call kind=get ns=1 errno=0\n"
		"more kind=get calls=2 ns=70\nend calls=3\n";
	static const char counts[] = COUNT("get", "1", "begin=0 end=0")
		COUNT("get", "2", "begin=0 end=1") COUNT("get", "3", "begin=0 end=0");
	struct probe_report report;

	(void)state;
	assert_int_equal(
		probe_parse(text, strlen(text), counts, strlen(counts), &report, NULL), 0);
	assert_int_equal(report.call_count, 1);
	assert_int_equal(report.calls_dropped, 0);
	assert_int_equal(report.more[PROBE_GET].calls, 2);
	assert_int_equal(report.more[PROBE_GET].duration_ns, 70);
	probe_report_clear(&report);
}

static const struct chunk_case {
	const char *sentence, *text;
	bool refused;
	int error;
	int64_t bytes;
} chunks[] = {
	{"off is off", HEAD "chunk requested=0 ret=0 errno=0 effective=0\nend calls=0\n", false,
		0, 0},
	{"what the kernel does by itself is told",
		HEAD "chunk requested=0 ret=0 errno=0 effective=2097152\nend calls=0\n", false,
		0, 2097152},
	{"a refusal by one VM is one of the process",
		HEAD "chunk requested=4096 ret=-1 errno=22 effective=0\n" CHUNK "end calls=0\n",
		true, 22, 0},
	{"another size than asked for is a refusal",
		HEAD CHUNK
		"chunk requested=2097152 ret=0 errno=0 effective=4096\nend calls=0\n",
		true, 0, 4096},
};

static void the_chunk_size_is_what_reads_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		const struct chunk_case *c = &chunks[i];
		struct probe_report report;
		struct err err = ERR_INIT;

		if (probe_parse(c->text, strlen(c->text), NULL, 0, &report, &err) < 0)
			fail_msg("%s: %s", c->sentence, err.text);
		if (report.chunk_refused != c->refused || report.chunk_errno != c->error ||
			report.chunk_bytes != c->bytes)
			fail_msg("%s", c->sentence);
		probe_report_clear(&report);
	}
}

static const struct bad_case {
	const char *sentence, *text, *counts;
	int code;
	const char *says;
} bads[] = {
	{"silence", "", NULL, -ENODATA, "said nothing: it was not loaded"},
	{"another protocol", "kvmperf-probe 2\n", NULL, -EBADMSG,
		"line 1 of the probe's report"},
	{"something behind the protocol", "kvmperf-probe 12\n", NULL, -EBADMSG, "line 1"},
	{"a test that was killed", HEAD CHUNK CALLS, NULL, -ENODATA, "stops after line 6"},
	{"a report cut in a line", HEAD "call kind=get ns=1", NULL, -EBADMSG, "cut in line 2"},
	{"an unknown line", HEAD "hello\033\n", NULL, -EBADMSG, "makes no sense: 'hello?'"},
	{"an unknown kind", HEAD "call kind=put ns=1 errno=0\n", NULL, -EBADMSG, "line 2"},
	{"a kind of the counter's", HEAD "call kind=wrapper ns=1 errno=0\n", NULL, -EBADMSG,
		"line 2"},
	{"a time that runs backwards", HEAD "call kind=get ns=-1 errno=0\n", NULL, -EBADMSG,
		"line 2"},
	{"a time that overflows", HEAD "call kind=get ns=9223372036854775808 errno=0\n", NULL,
		-EBADMSG, "line 2"},
	{"a call the kernel refused", HEAD "call kind=clear ns=1 errno=12\n", NULL, -EBADMSG,
		"the kernel refused the clear call with errno 12"},
	{"another number of calls at the end", HEAD CALLS "end calls=5\n", NULL, -EBADMSG,
		"tells of 5 calls, the lines before of 4"},
	{"lines behind the end", HEAD "end calls=0\nend calls=0\n", NULL, -EBADMSG, "line 3"},
	{"a setting that is no number", HEAD "error KVMPERF_CHUNK=2x is no number of bytes\n",
		NULL, -EINVAL, "the probe says: KVMPERF_CHUNK=2x is no number"},
	{"VMs that were not watched", HEAD "untracked vms=2\nend calls=0\n", NULL, -EBADMSG,
		"2 VMs"},
	{"a chunk line without its end", HEAD "chunk requested=1 ret=0 errno=0\n", NULL,
		-EBADMSG, "line 2"},
	{"a sum that is there twice",
		HEAD "more kind=get calls=1 ns=1\nmore kind=get calls=1 ns=1\n", NULL, -EBADMSG,
		"line 3"},
	{"sums that overflow in number",
		HEAD "more kind=get calls=9223372036854775807 ns=1\n"
		     "more kind=clear calls=9223372036854775807 ns=1\nend calls=1\n",
		NULL, -EBADMSG, "line 4"},
	{"counts of another kind", WHOLE,
		COUNT("enable", "1", "begin=0 end=0") COUNT("clear", "1", "begin=0 end=0"),
		-EBADMSG, "line 2 of the counter's output is of kind clear, but line 8 of the"},
	{"too few counts", WHOLE, COUNT("enable", "1", "begin=0 end=0"), -EBADMSG,
		"the probe reports 4 calls, the counter 1"},
	{"no count at all", WHOLE, "", -EBADMSG, "the probe reports 4 calls, the counter 0"},
	{"too many counts", WHOLE, COUNTS COUNT("get", "1", "begin=0 end=0"), -EBADMSG,
		"the probe reports 4 calls, the counter 5"},
	{"counts cut in a line", WHOLE, "count kind=enable instruc", -EBADMSG,
		"the counter's output is cut in line 1"},
	{"counts that make no sense", WHOLE, COUNT("enable", "many", "begin=0 end=0"), -EBADMSG,
		"line 1 of the counter's output makes no sense"},
	{"a count beyond 64 bits", WHOLE,
		COUNT("enable", "18446744073709551616", "begin=0 end=0"), -EBADMSG, "line 1"},
};

static void anything_else_gives_no_report(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad_case *c = &bads[i];
		struct probe_report report = {.call_count = 77};
		struct err err = ERR_INIT;
		int r = probe_parse(c->text, strlen(c->text), c->counts,
			c->counts ? strlen(c->counts) : 0, &report, &err);

		if (r != c->code)
			fail_msg("%s: returned %d, %s", c->sentence, r, err.text);
		if (!strstr(err.text, c->says))
			fail_msg("%s: said '%s'", c->sentence, err.text);
		if (report.call_count != 77)
			fail_msg("%s: touched the result", c->sentence);
	}
}

static void every_cut_is_noticed(void **state)
{
	struct probe_report report;

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(WHOLE) - 1; bytes++) {
		if (probe_parse(WHOLE, bytes, NULL, 0, &report, NULL) >= 0)
			fail_msg("%zu bytes of the report were taken for all of it", bytes);
	}
	for (size_t bytes = 0; bytes < sizeof(COUNTS) - 1; bytes++) {
		if (probe_parse(WHOLE, strlen(WHOLE), COUNTS, bytes, &report, NULL) >= 0)
			fail_msg("%zu bytes of the counts were taken for all of them", bytes);
	}
}

static void a_report_without_end_is_refused(void **state)
{
	static const char line[] = "call kind=get ns=1 errno=0\n";
	size_t each = sizeof(line) - 1, head = strlen(HEAD);
	size_t bytes = head + (PROBE_MAX_CALLS + 1) * each;
	auto_free char *text = mem_new(bytes, 1);
	struct probe_report report;

	(void)state;
	memcpy(text, HEAD, head);
	for (size_t i = 0; i <= PROBE_MAX_CALLS; i++)
		memcpy(text + head + i * each, line, each);
	assert_int_equal(probe_parse(text, bytes, NULL, 0, &report, NULL), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_and_counts_are_merged),
		cmocka_unit_test(without_a_counter_nothing_is_dropped),
		cmocka_unit_test(a_thread_that_moved_has_no_count),
		cmocka_unit_test(calls_that_were_summed_up_need_their_counts),
		cmocka_unit_test(the_chunk_size_is_what_reads_back),
		cmocka_unit_test(anything_else_gives_no_report),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(a_report_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
