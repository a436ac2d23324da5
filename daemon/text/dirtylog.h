/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_DIRTYLOG_H
#define TEXT_DIRTYLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What dirty_log_perf_test prints, read into values. All or nothing: the lines
 * of one process that ran one guest mode must be there, complete, once each
 * and in the order in which the test prints them, or there is no value at all.
 * Lines that the test's author did not mean as results are ignored.
 */
enum dirtylog_metric {
	DIRTYLOG_POPULATE,
	DIRTYLOG_ENABLE,
	DIRTYLOG_DIRTY, /* this, get and clear: one an iteration */
	DIRTYLOG_GET,
	DIRTYLOG_CLEAR, /* with manual protect only */
	DIRTYLOG_DISABLE,
	DIRTYLOG_GET_TOTAL,
	DIRTYLOG_CLEAR_TOTAL, /* with manual protect only */
	DIRTYLOG_METRIC_COUNT
};

/* "populate", "enable", "dirty", "get", "clear", "disable", "get-total", "clear-total" */
const char *dirtylog_metric_name(enum dirtylog_metric metric);

struct dirtylog_value {
	enum dirtylog_metric metric;
	unsigned iteration;  /* 1 and up; 0 for a metric that comes once a process */
	int64_t duration_ns; /* as printed: CLOCK_MONOTONIC, measured by the test */
};

/* Plain data that owns its memory. */
struct dirtylog {
	char *mode; /* "PA-bits:40, VA-bits:48, 4K pages": runs of blanks are one */
	unsigned iterations;
	struct dirtylog_value *values; /* in the order of the output */
	size_t count;
};

/* What the command line asks for. */
struct dirtylog_expect {
	unsigned iterations; /* -i N, 2 when not given; 1 to DIRTYLOG_MAX_ITERATIONS */
	bool manual_protect; /* no -g */
};

#define DIRTYLOG_MAX_ITERATIONS 10000

/*
 * Reads the whole stdout of one process. Returns 0, or -EBADMSG for a line that
 * is cut, malformed, doubled or not the one expected, -ENODATA when lines are
 * missing at the end or the test printed no result at all (it skipped, or
 * printed its usage), -EINVAL for an impossible expectation. The sentence in
 * err names the line. *ret is written on success only; dirtylog_clear() frees.
 */
int dirtylog_parse(const char *text, size_t bytes, const struct dirtylog_expect *expect,
	struct dirtylog *ret, struct err *err);

void dirtylog_clear(struct dirtylog *log);

#endif
