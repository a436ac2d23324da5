/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include <stdint.h>

#include "probe/marks.h"

/*
 * What the probe tells whoever started the test: text lines on the inherited
 * descriptor KVMPERF_PROBE_FD, never on stdout or stderr, which belong to the
 * test. Without the variable, or when it names no open descriptor, everything
 * here is silent. The reader must drain a pipe while the test runs.
 *
 *	kvmperf-probe 1
 *		first line, written when the process creates its first VM; a process
 *		that creates none stays silent
 *	chunk requested=2097152 ret=0 errno=0 effective=2097152
 *		one a VM, when KVMPERF_CHUNK is set: the eager-split chunk size in
 *		bytes, how KVM_ENABLE_CAP ended (0 0 when 0 was requested: nothing is
 *		called then), and what KVM_CHECK_EXTENSION of the VM reads back
 *	overhead ns=83
 *		an empty pair of marks between two time stamps; several, take the
 *		smallest
 *	call kind=clear ns=123456 errno=0
 *		one a wrapped call, in the order in which the calls ended; kind as in
 *		mark_name(), nanoseconds of CLOCK_MONOTONIC around the system call
 *	more kind=clear calls=10 ns=123456
 *		calls of a kind beyond the REPORT_RECORDS that are kept, only summed up
 *	untracked vms=1
 *		VMs with a descriptor so high that switching dirty logging on and off
 *		was not told apart from other changes; nothing was reported for that
 *	error KVMPERF_CHUNK=2x is no number of bytes
 *		the variable was ignored
 *	end calls=7
 *		last line, when the process ends in order: `call` lines plus the calls
 *		of `more`
 *
 * Records are kept in memory while the test runs, because a write(2) costs as
 * many instructions as some of the calls that are measured. They are written
 * at exit, which includes a failed assertion, and when SIGTERM ends the test
 * (without the `end` line then). SIGKILL loses the calls, not the lines before.
 */
#define REPORT_RECORDS 8192

#pragma GCC visibility push(hidden)

/* Finds the descriptor and writes the first line. Once a process. */
void report_start(void);

void report_chunk(int64_t requested, int ret, int error, int64_t effective);
void report_bad_chunk(const char *value);

/* Keeps one call of kind; MARK_OVERHEAD becomes an `overhead` line. Any thread, no system call.
 */
void report_call(enum mark_kind kind, int64_t duration_ns, int error);

void report_untracked_vm(void);

/* Writes what was kept, and the `end` line if wanted. Safe in a signal handler. */
void report_flush(int with_end);

#pragma GCC visibility pop

#endif
