/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_PROBE_H
#define TEXT_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * What the probe said about one test process (lines as in
 * runner/probe/report.h), with the instruction counts that the counter wrote
 * meanwhile (runner/count/count.c) put to the calls they belong to.
 */

/* The wrapped calls, in the order of enum ioctl_kind of model/trial.h. */
enum probe_kind {
	PROBE_ENABLE,
	PROBE_DISABLE,
	PROBE_GET,
	PROBE_CLEAR,
	PROBE_CONTROL, /* no call: a pass of the negative control, which reports in this form */
	PROBE_KIND_COUNT,
};

struct probe_call {
	enum probe_kind kind;
	int64_t duration_ns;   /* CLOCK_MONOTONIC around the system call */
	bool has_instructions; /* counted, and begun and ended on one virtual CPU */
	uint64_t instructions; /* executed by that CPU between the marks; loops that only wait
				  for another CPU are left out, see runner/count/count.c */
};

/* Calls that the probe only summed up, because too many came before. */
struct probe_sum {
	uint64_t calls;
	int64_t duration_ns;
};

/* Plain data that owns its memory. */
struct probe_report {
	/* The eager-split chunk size of the VMs of this process, unless the probe left it
	 * alone. */
	bool has_chunk;
	bool chunk_refused;	 /* by at least one VM, which the next three then describe */
	int chunk_errno;	 /* 0: taken, but another size reads back */
	int64_t chunk_requested; /* bytes */
	int64_t chunk_bytes;	 /* effective, as read back */

	struct probe_call *calls; /* in the order of execution */
	size_t call_count;
	size_t calls_dropped; /* counted, but the thread changed its CPU between the marks */
	struct probe_sum more[PROBE_KIND_COUNT];

	int64_t overhead_ns; /* two time stamps around an empty pair of marks; -1 unknown */
	bool has_overhead;   /* the counter has seen this process rehearse: */
	uint64_t overhead_instructions; /* between two marks around nothing */
	uint64_t wrapper_instructions;	/* all that the probe adds around one call */
};

/*
 * Reads both texts, neither of which is trusted. counts is what the counter
 * appended while this process ran, and nothing else; NULL on a host without a
 * counter: no call has instructions then, and none is dropped.
 *
 * Returns 0; -ENODATA when the report is empty or ends early (the probe was
 * not loaded, the test created no VM or was killed); -EBADMSG for a malformed
 * or unknown line, a call that failed, or when report and counts do not agree
 * in number or kind; -E2BIG for more than PROBE_MAX_CALLS; -EINVAL when the
 * probe refused its own settings. The sentence in err names the line. *ret is
 * written on success only; probe_report_clear() frees.
 */
int probe_parse(const char *report, size_t report_bytes, const char *counts,
	size_t counts_bytes, struct probe_report *ret, struct err *err);

#define PROBE_MAX_CALLS 100000

void probe_report_clear(struct probe_report *report);

#endif
