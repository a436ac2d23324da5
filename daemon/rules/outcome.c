/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/outcome.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"
#include "text/facts.h"
#include "text/probe.h"

/* What KVM selftests end with (tools/testing/selftests/kvm: KSFT_SKIP, and
 * exit(254) in lib/assert.c). */
enum { EXIT_SKIP = 4, EXIT_ASSERT = 254 };

static void blame(struct process_report *report, enum failure failure, enum symptom symptom,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static void blame(struct process_report *report, enum failure failure, enum symptom symptom,
	const char *format, ...)
{
	auto_str struct str reason = STR_INIT;
	va_list args;

	va_start(args, format);
	str_addv(&reason, format, args);
	va_end(args);
	report->failure = failure;
	report->symptom = symptom;
	free(report->reason);
	report->reason = str_take(&reason);
}

#define fail(report, symptom, ...) blame((report), FAILURE_TEST, (symptom), __VA_ARGS__)

/* The first lines of a stream as one, for a sentence: "a; b; c". */
static char *first_lines(const char *text, size_t bytes)
{
	enum { LINES = 3, BYTES = 400 };
	auto_free char *copy = mem_strndup(text ? text : "", bytes < BYTES ? bytes : BYTES);
	auto_strv struct strv lines = STRV_INIT;
	struct str joined = STR_INIT;

	strv_split(&lines, copy, "\r\n");
	for (size_t i = 0; i < lines.count && i < LINES; i++)
		str_addf(&joined, "%s%s", i ? "; " : "", text_trim(lines.items[i]));
	return joined.length ? str_take(&joined) : mem_strdup("no message");
}

static void judge_end(struct process_report *report, const struct outcome_facts *facts)
{
	auto_free char *errors = first_lines(report->errors, report->errors_bytes);

	if (facts->timed_out) {
		fail(report, SYMPTOM_TIMEOUT, "the test was stopped after its limit of %d s",
			facts->limit_s);
	} else if (report->signal) {
		fail(report, SYMPTOM_KILLED, "the test was killed by signal %d (%s)",
			report->signal, strsignal(report->signal));
	} else if (report->exit_status == EXIT_SKIP) {
		auto_free char *said = first_lines(report->output, report->output_bytes);

		fail(report, SYMPTOM_SKIP, "the test skipped: %s",
			report->errors_bytes ? errors : said);
	} else if (report->exit_status == EXIT_ASSERT) {
		fail(report, SYMPTOM_ASSERT, "an assertion of the test failed: %s", errors);
	} else if (report->exit_status != 0) {
		fail(report, SYMPTOM_EXIT, "the test ended with status %d: %s",
			report->exit_status, errors);
	}
}

static void judge_chunk(struct process_report *report, const struct probe_report *probe,
	const struct outcome_facts *facts)
{
	if (!probe->has_chunk) {
		fail(report, SYMPTOM_NO_SPLIT, "the probe set no eager-split chunk size");
		return;
	}
	report->chunk_bytes = probe->chunk_bytes;
	if (probe->chunk_refused && probe->chunk_errno)
		fail(report, SYMPTOM_NO_SPLIT,
			"the kernel refused the eager-split chunk size %lld: %s",
			(long long)probe->chunk_requested, strerror(probe->chunk_errno));
	else if (probe->chunk_bytes != facts->chunk_bytes)
		fail(report, SYMPTOM_NO_SPLIT,
			"the eager-split chunk size reads back as %lld, the plan asks for %lld",
			(long long)probe->chunk_bytes, (long long)facts->chunk_bytes);
}

static void judge_memory(struct process_report *report, const struct outcome_facts *facts)
{
	if (facts->wants_thp && (facts->thp_fell_back || !facts->thp_served))
		fail(report, SYMPTOM_THP_FALLBACK,
			"transparent huge pages were asked for: %llu faults got one, %llu got "
			"small pages",
			(unsigned long long)facts->thp_served,
			(unsigned long long)facts->thp_fell_back);
	else if (facts->huge_pages_in_use)
		fail(report, SYMPTOM_PREPARE, "%llu huge pages are still in use after the test",
			(unsigned long long)facts->huge_pages_in_use);
}

static void take_calls(struct process_report *report, const struct probe_report *probe)
{
	static const enum ioctl_kind kinds[] = {
		[PROBE_ENABLE] = IOCTL_ENABLE,
		[PROBE_DISABLE] = IOCTL_DISABLE,
		[PROBE_GET] = IOCTL_GET,
		[PROBE_CLEAR] = IOCTL_CLEAR,
		[PROBE_CONTROL] = IOCTL_CONTROL,
	};

	report->calls = MEM_NEW(struct ioctl_call, probe->call_count);
	report->call_count = probe->call_count;
	report->calls_dropped = probe->calls_dropped;
	report->has_probe_cost = probe->has_overhead;
	report->probe_overhead = probe->overhead_instructions;
	report->probe_wrapper = probe->wrapper_instructions;
	for (size_t i = 0; i < probe->call_count; i++)
		report->calls[i] = (struct ioctl_call){
			.kind = kinds[probe->calls[i].kind],
			.duration_ns = probe->calls[i].duration_ns,
			.has_instructions = probe->calls[i].has_instructions,
			.instructions = probe->calls[i].instructions,
		};
}

void outcome_judge(struct process_report *report, const struct outcome_facts *facts)
{
	struct probe_report probe = {0};
	struct err err = ERR_INIT;
	int r = probe_parse(facts->probe, facts->probe_bytes, facts->counts,
		facts->counts_bytes, &probe, &err);

	report->chunk_bytes = -1;
	judge_end(report, facts);
	if (r == 0) {
		if (report->failure == FAILURE_NONE && !facts->is_control)
			judge_chunk(report, &probe, facts);
		take_calls(report, &probe);
		probe_report_clear(&probe);
	}
	if (report->failure == FAILURE_NONE && !facts->is_control)
		judge_memory(report, facts);
	if (report->failure == FAILURE_NONE && r < 0)
		fail(report, SYMPTOM_OUTPUT, "the probe's report cannot be used: %s", err.text);
}

void outcome_lost(struct process_report *report, const char *console, bool was_reset,
	bool silent, const char *why)
{
	auto_free char *panic = facts_last(console, "Kernel panic - not syncing");

	if (panic)
		blame(report, FAILURE_KERNEL, SYMPTOM_PANIC,
			"the kernel panicked while the test ran: %s", panic);
	else if (was_reset)
		blame(report, FAILURE_KERNEL, SYMPTOM_RESET,
			"the machine was reset while the test ran");
	else
		blame(report, FAILURE_LINK, silent ? SYMPTOM_HANG : SYMPTOM_LOST, "%s", why);
}

bool outcome_hung(enum failure *failure, enum symptom symptom)
{
	if (*failure != FAILURE_LINK || symptom != SYMPTOM_HANG)
		return false;
	*failure = FAILURE_KERNEL;
	return true;
}
