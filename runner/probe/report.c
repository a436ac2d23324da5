/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct record {
	int64_t duration_ns;
	int error;
	atomic_uint tag; /* kind + 1 once the others are valid: 0 is an empty record */
};

static struct record records[REPORT_RECORDS];
static atomic_uint record_next;
static atomic_uint record_flushed;
static atomic_ullong more_calls[MARK_KIND_COUNT];
static atomic_ullong more_ns[MARK_KIND_COUNT];
static atomic_uint untracked_vms;
static int report_fd = -1;
static pid_t report_pid;

/* Lines are put together by hand: stdio is not allowed in a signal handler. */
struct line {
	char text[4096];
	size_t length;
};

static void line_write(struct line *line)
{
	const char *at = line->text;

	while (line->length > 0) {
		ssize_t n = write(report_fd, at, line->length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += n;
		line->length -= (size_t)n;
	}
	line->length = 0;
}

static void line_add(struct line *line, const char *text)
{
	size_t length = strlen(text);
	size_t room = sizeof(line->text) - line->length;

	if (length > room)
		length = room;
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

static void line_add_number(struct line *line, const char *name, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[24], *at = digits + sizeof(digits);

	*--at = '\0';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	line_add(line, name);
	line_add(line, at);
}

void report_start(void)
{
	const char *text = getenv("KVMPERF_PROBE_FD");
	struct line line = {.length = 0};
	char *end;
	long fd;

	if (!text)
		return;
	fd = strtol(text, &end, 10);
	if (end == text || *end || fd < 0 || fd > 1 << 20 || fcntl((int)fd, F_GETFD) < 0)
		return;
	/* What the test starts itself (addr2line after an assertion) has nothing to report. */
	fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	unsetenv("KVMPERF_PROBE_FD");
	report_fd = (int)fd;
	report_pid = getpid();
	line_add(&line, "kvmperf-probe 1\n");
	line_write(&line);
	/* The first page fault of the records must not fall on the first call. */
	records[0].error = 0;
}

void report_chunk(int64_t requested, int ret, int error, int64_t effective)
{
	struct line line = {.length = 0};

	if (report_fd < 0)
		return;
	line_add_number(&line, "chunk requested=", requested);
	line_add_number(&line, " ret=", ret);
	line_add_number(&line, " errno=", error);
	line_add_number(&line, " effective=", effective);
	line_add(&line, "\n");
	line_write(&line);
}

void report_bad_chunk(const char *value)
{
	struct line line = {.length = 0};

	if (report_fd < 0)
		return;
	line_add(&line, "error KVMPERF_CHUNK=");
	for (size_t i = 0; value[i] && i < 64; i++)
		line.text[line.length++] = value[i] > ' ' && value[i] < 127 ? value[i] : '?';
	line_add(&line, " is no number of bytes\n");
	line_write(&line);
}

void report_untracked_vm(void)
{
	atomic_fetch_add(&untracked_vms, 1);
}

void report_call(enum mark_kind kind, int64_t duration_ns, int error)
{
	unsigned at = atomic_load_explicit(&record_next, memory_order_relaxed);

	/* Never past the end, so that the index cannot wrap around. */
	while (at < REPORT_RECORDS && !atomic_compare_exchange_weak(&record_next, &at, at + 1))
		;
	if (at >= REPORT_RECORDS) {
		atomic_fetch_add(&more_calls[kind], 1);
		atomic_fetch_add(&more_ns[kind], (unsigned long long)duration_ns);
		return;
	}
	records[at].duration_ns = duration_ns;
	records[at].error = error;
	atomic_store_explicit(&records[at].tag, (unsigned)kind + 1, memory_order_release);
}

static void add_record(struct line *line, unsigned tag, const struct record *record)
{
	if (tag == MARK_OVERHEAD + 1) {
		line_add_number(line, "overhead ns=", record->duration_ns);
	} else {
		line_add(line, "call kind=");
		line_add(line, mark_name((enum mark_kind)(tag - 1)));
		line_add_number(line, " ns=", record->duration_ns);
		line_add_number(line, " errno=", record->error);
	}
	line_add(line, "\n");
	if (line->length > sizeof(line->text) / 2)
		line_write(line);
}

static uint64_t flush_more(struct line *line)
{
	uint64_t sum = 0;

	for (unsigned kind = 0; kind < MARK_KIND_COUNT; kind++) {
		uint64_t calls = atomic_exchange(&more_calls[kind], 0);

		if (!calls)
			continue;
		line_add(line, "more kind=");
		line_add(line, mark_name((enum mark_kind)kind));
		line_add_number(line, " calls=", (int64_t)calls);
		line_add_number(line, " ns=", (int64_t)atomic_exchange(&more_ns[kind], 0));
		line_add(line, "\n");
		sum += calls;
	}
	return sum;
}

void report_flush(int with_end)
{
	struct line line = {.length = 0};
	uint64_t calls = 0;
	unsigned vms = atomic_load(&untracked_vms);

	/* A forked child has a copy of the records, which are its parent's to report. */
	if (report_fd < 0 || getpid() != report_pid)
		return;
	for (;;) {
		unsigned at = atomic_load(&record_flushed);
		unsigned tag;

		if (at >= atomic_load(&record_next))
			break;
		/* Another thread is about to write this one: its call counts as not ended. */
		tag = atomic_load_explicit(&records[at].tag, memory_order_acquire);
		if (!tag)
			break;
		/* A signal during the flush at exit goes on where that one was. */
		if (!atomic_compare_exchange_strong(&record_flushed, &at, at + 1))
			continue;
		add_record(&line, tag, &records[at]);
		calls += tag != MARK_OVERHEAD + 1;
	}
	calls += flush_more(&line);
	if (vms) {
		line_add_number(&line, "untracked vms=", vms);
		line_add(&line, "\n");
	}
	if (with_end) {
		line_add_number(&line, "end calls=", (int64_t)calls);
		line_add(&line, "\n");
	}
	line_write(&line);
}
