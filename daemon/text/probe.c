/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/probe.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/scan.h"

#define QUOTE_BYTES 72

/* Names of calls, then the two kinds that only the counter's lines have. */
enum { KIND_OVERHEAD = PROBE_KIND_COUNT, KIND_WRAPPER, KIND_COUNT };

static const char *const kind_names[KIND_COUNT] = {
	[PROBE_ENABLE] = "enable",
	[PROBE_DISABLE] = "disable",
	[PROBE_GET] = "get",
	[PROBE_CLEAR] = "clear",
	[PROBE_CONTROL] = "control",
	[KIND_OVERHEAD] = "overhead",
	[KIND_WRAPPER] = "wrapper",
};

/* One of the two texts, and where the reading stands. */
struct reader {
	const char *name; /* "probe's report", "counter's output" */
	struct scan text;
	size_t number; /* of the last line taken */
	struct scan line;
};

/* The probe's side: what is read before the counts are put to it. */
struct collected {
	struct probe_report report;
	size_t *lines; /* where each call was read, for messages */
	size_t room;
	bool has_end;
};

/* One line of the counter. */
struct count {
	unsigned kind;
	uint64_t instructions;
	bool is_whole; /* begun and ended on one CPU */
};

void probe_report_clear(struct probe_report *report)
{
	free(report->calls);
	*report = (struct probe_report){0};
}

/* 1 and the next line, 0 at the end, negative when the line is cut. */
static int next_line(struct reader *reader, struct err *err)
{
	bool ended;

	if (!scan_line(&reader->text, &reader->line, &ended))
		return 0;
	reader->number++;
	if (!ended)
		return err_set(err, -EBADMSG, "the %s is cut in line %zu", reader->name,
			reader->number);
	return 1;
}

static int bad_line(const struct reader *reader, struct err *err)
{
	char quote[QUOTE_BYTES];

	scan_quote(&reader->line, quote, sizeof(quote));
	return err_set(err, -EBADMSG, "line %zu of the %s makes no sense: '%s'", reader->number,
		reader->name, quote);
}

static bool scan_kind(struct scan *scan, unsigned limit, unsigned *ret)
{
	for (unsigned kind = 0; kind < limit; kind++) {
		if (scan_text(scan, kind_names[kind])) {
			*ret = kind;
			return true;
		}
	}
	return false;
}

/* Reads "NAME=NUMBER"; nothing here is negative but chunk and errno values. */
static bool scan_field(struct scan *scan, const char *name, int64_t *ret)
{
	return scan_text(scan, name) && scan_signed(scan, ret);
}

static bool is_int(int64_t value)
{
	return value >= INT32_MIN && value <= INT32_MAX;
}

/* "requested=2097152 ret=0 errno=0 effective=2097152" */
static bool read_chunk(struct scan rest, struct probe_report *report)
{
	int64_t requested, ret, error, effective;

	if (!scan_field(&rest, "requested=", &requested) || !scan_field(&rest, " ret=", &ret) ||
		!scan_field(&rest, " errno=", &error) ||
		!scan_field(&rest, " effective=", &effective) || scan_left(&rest) ||
		!is_int(error) || requested < 0)
		return false;
	/* What the first refusal said is kept. */
	if (report->chunk_refused)
		return true;
	report->has_chunk = true;
	report->chunk_refused = ret != 0 || (requested > 0 && effective != requested);
	report->chunk_errno = (int)error;
	report->chunk_requested = requested;
	report->chunk_bytes = effective;
	return true;
}

static int add_call(
	struct collected *all, const struct probe_call *call, size_t number, struct err *err)
{
	struct probe_report *report = &all->report;

	if (report->call_count == PROBE_MAX_CALLS)
		return err_set(
			err, -E2BIG, "the probe reports more than %d calls", PROBE_MAX_CALLS);
	if (report->call_count == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		report->calls = mem_grow(report->calls, all->room, sizeof(*report->calls));
		all->lines = mem_grow(all->lines, all->room, sizeof(*all->lines));
	}
	all->lines[report->call_count] = number;
	report->calls[report->call_count++] = *call;
	return 0;
}

/* "kind=clear ns=123456 errno=0" */
static int read_call(
	const struct reader *reader, struct scan rest, struct collected *all, struct err *err)
{
	struct probe_call call = {0};
	int64_t error;
	unsigned kind;

	if (!scan_text(&rest, "kind=") || !scan_kind(&rest, PROBE_KIND_COUNT, &kind) ||
		!scan_field(&rest, " ns=", &call.duration_ns) || call.duration_ns < 0 ||
		!scan_field(&rest, " errno=", &error) || scan_left(&rest))
		return bad_line(reader, err);
	if (error)
		return err_set(err, -EBADMSG,
			"line %zu of the %s: the kernel refused the %s call with errno %lld",
			reader->number, reader->name, kind_names[kind], (long long)error);
	call.kind = (enum probe_kind)kind;
	return add_call(all, &call, reader->number, err);
}

/* "kind=clear calls=10 ns=123456" */
static bool read_more(struct scan rest, struct probe_report *report)
{
	int64_t calls, duration_ns;
	unsigned kind;

	if (!scan_text(&rest, "kind=") || !scan_kind(&rest, PROBE_KIND_COUNT, &kind) ||
		!scan_field(&rest, " calls=", &calls) || calls <= 0 ||
		!scan_field(&rest, " ns=", &duration_ns) || duration_ns < 0 ||
		scan_left(&rest) || report->more[kind].calls)
		return false;
	report->more[kind] = (struct probe_sum){(uint64_t)calls, duration_ns};
	return true;
}

static bool read_overhead(struct scan rest, struct probe_report *report)
{
	int64_t ns;

	if (!scan_field(&rest, "ns=", &ns) || ns < 0 || scan_left(&rest))
		return false;
	if (report->overhead_ns < 0 || ns < report->overhead_ns)
		report->overhead_ns = ns;
	return true;
}

/* "calls=7" */
static int read_end(
	const struct reader *reader, struct scan rest, struct collected *all, struct err *err)
{
	uint64_t found = all->report.call_count;
	int64_t calls;

	if (!scan_field(&rest, "calls=", &calls) || calls < 0 || scan_left(&rest))
		return bad_line(reader, err);
	for (unsigned kind = 0; kind < PROBE_KIND_COUNT; kind++)
		found += all->report.more[kind].calls;
	if (found != (uint64_t)calls)
		return err_set(err, -EBADMSG,
			"line %zu of the %s tells of %lld calls, the lines before of %llu",
			reader->number, reader->name, (long long)calls,
			(unsigned long long)found);
	all->has_end = true;
	return 0;
}

static int read_report_line(const struct reader *reader, struct collected *all, struct err *err)
{
	struct scan rest = reader->line;
	int64_t vms;

	if (all->has_end)
		return bad_line(reader, err);
	if (scan_text(&rest, "call "))
		return read_call(reader, rest, all, err);
	if (scan_text(&rest, "end "))
		return read_end(reader, rest, all, err);
	if (scan_text(&rest, "overhead ") && read_overhead(rest, &all->report))
		return 0;
	if (scan_text(&rest, "chunk ") && read_chunk(rest, &all->report))
		return 0;
	if (scan_text(&rest, "more ") && read_more(rest, &all->report))
		return 0;
	if (scan_text(&rest, "error ")) {
		char quote[QUOTE_BYTES * 2];

		scan_quote(&rest, quote, sizeof(quote));
		return err_set(err, -EINVAL, "the probe says: %s", quote);
	}
	if (scan_text(&rest, "untracked ") && scan_field(&rest, "vms=", &vms) &&
		!scan_left(&rest))
		return err_set(err, -EBADMSG, "%lld VMs had descriptors the probe cannot track",
			(long long)vms);
	return bad_line(reader, err);
}

static int read_report(struct scan text, struct collected *all, struct err *err)
{
	struct reader reader = {.name = "probe's report", .text = text};
	int r = next_line(&reader, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENODATA,
			"the probe said nothing: it was not loaded, or the test created no VM");
	if (!scan_text(&reader.line, "kvmperf-probe 1") || scan_left(&reader.line))
		return bad_line(&reader, err);
	while ((r = next_line(&reader, err)) > 0) {
		r = read_report_line(&reader, all, err);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	if (!all->has_end)
		return err_set(err, -ENODATA,
			"the probe's report stops after line %zu: the test did not end in "
			"order",
			reader.number);
	return 0;
}

/* "count kind=clear instructions=1523456 waited=0 begin=1 end=1" */
static int read_count(const struct reader *reader, struct count *ret, struct err *err)
{
	struct scan rest = reader->line;
	uint64_t waited, begin, end;

	if (!scan_text(&rest, "count kind=") || !scan_kind(&rest, KIND_COUNT, &ret->kind) ||
		!scan_text(&rest, " instructions=") ||
		!scan_number(&rest, &ret->instructions) || !scan_text(&rest, " waited=") ||
		!scan_number(&rest, &waited) || !scan_text(&rest, " begin=") ||
		!scan_number(&rest, &begin) || !scan_text(&rest, " end=") ||
		!scan_number(&rest, &end) || scan_left(&rest))
		return bad_line(reader, err);
	ret->is_whole = begin == end;
	return 0;
}

static void take_least(bool first, uint64_t value, uint64_t *least)
{
	if (first || value < *least)
		*least = value;
}

/* Puts a count to the next call. *taken counts the calls that have theirs. */
static int give_count(const struct reader *reader, const struct count *count,
	const struct collected *all, size_t *taken, struct err *err)
{
	struct probe_call *call;

	if (*taken >= all->report.call_count) {
		/* Those of calls that were only summed up. */
		++*taken;
		return 0;
	}
	call = &all->report.calls[*taken];
	if ((unsigned)call->kind != count->kind)
		return err_set(err, -EBADMSG,
			"line %zu of the counter's output is of kind %s, but line %zu of the "
			"probe's report of kind %s",
			reader->number, kind_names[count->kind], all->lines[*taken],
			kind_names[call->kind]);
	call->has_instructions = count->is_whole;
	call->instructions = count->is_whole ? count->instructions : 0;
	++*taken;
	return 0;
}

static int merge_count(const struct reader *reader, const struct count *count,
	struct collected *all, size_t *taken, struct err *err)
{
	struct probe_report *report = &all->report;
	bool first = !report->has_overhead;

	if (count->kind < PROBE_KIND_COUNT) {
		report->calls_dropped += *taken < report->call_count && !count->is_whole;
		return give_count(reader, count, all, taken, err);
	}
	if (!count->is_whole)
		return 0;
	if (count->kind == KIND_OVERHEAD) {
		take_least(first, count->instructions, &report->overhead_instructions);
		return 0;
	}
	/* A wrapper pair holds an overhead pair, so both are known with its line. */
	take_least(first, count->instructions, &report->wrapper_instructions);
	report->has_overhead = true;
	return 0;
}

static int merge_counts(struct scan text, struct collected *all, struct err *err)
{
	struct reader reader = {.name = "counter's output", .text = text};
	uint64_t expected = all->report.call_count;
	struct count count;
	size_t taken = 0;
	int r;

	while ((r = next_line(&reader, err)) > 0) {
		r = read_count(&reader, &count, err);
		if (r >= 0)
			r = merge_count(&reader, &count, all, &taken, err);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	for (unsigned kind = 0; kind < PROBE_KIND_COUNT; kind++)
		expected += all->report.more[kind].calls;
	if (taken != expected)
		return err_set(err, -EBADMSG, "the probe reports %llu calls, the counter %zu",
			(unsigned long long)expected, taken);
	return 0;
}

int probe_parse(const char *report, size_t report_bytes, const char *counts,
	size_t counts_bytes, struct probe_report *ret, struct err *err)
{
	struct collected all = {.report = {.overhead_ns = -1}};
	int r = read_report(scan_of(report, report_bytes), &all, err);

	if (r >= 0 && counts)
		r = merge_counts(scan_of(counts, counts_bytes), &all, err);
	free(all.lines);
	if (r < 0) {
		probe_report_clear(&all.report);
		return r;
	}
	*ret = all.report;
	return 0;
}
