/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "channel.h"
#include "string/strv.h"

/* How a process ended, and what the machine's counters say about it. */
struct run_end {
	int exit_status; /* -1 when a signal ended it */
	int signal;
	bool timed_out;
	int64_t started_unix_ms;
	int64_t duration_ms;
	uint64_t thp_served,
		thp_fell_back;	    /* huge page faults of the whole machine meanwhile */
	uint64_t huge_pages_in_use; /* afterwards: must be 0 */
};

/*
 * Runs one program and sends what it writes as DATA frames with this tag:
 * stdout, stderr, and stream 3, a pipe whose number the program finds in
 * KVMPERF_PROBE_FD. stdin is empty, the environment is env and nothing else,
 * the group gets SIGTERM and a second later SIGKILL at limit_ms and on a
 * WIRE_STOP, and SIGKILL when the program has ended with others left behind.
 *
 * The streams are read four times a second, not when something is written:
 * to wake for each line would put our own instructions between the marks of
 * the ioctl that follows the line.
 *
 * Returns 0 when the program ran, however it ended; -EFBIG after more than
 * 16 MiB in one stream; -EPIPE when the peer is gone (the program is, too).
 */
int run_program(struct channel *channel, uint16_t tag, const struct strv *argv,
	const struct strv *env, int64_t limit_ms, struct run_end *ret, struct err *err);

#endif
