/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_OUTCOME_H
#define RULES_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trial.h"

/* What is known of a test process beside its own report. */
struct outcome_facts {
	bool is_control; /* the negative control: no guest, no memory of its own kind */
	bool timed_out;
	int limit_s;
	bool wants_thp;
	uint64_t thp_served, thp_fell_back; /* faults while it ran */
	uint64_t huge_pages_in_use;	    /* afterwards */
	int64_t chunk_bytes;		    /* the plan's */
	const char *probe;		    /* the probe's lines */
	size_t probe_bytes;
	const char *counts; /* the counter's lines, or NULL: this host has no counter */
	size_t counts_bytes;
};

/*
 * Does the process count? Expects exit status, signal, output and errors in
 * the report; fills in calls and the effective chunk size from the probe's
 * lines, and sets failure, symptom and reason. The rules are fixed before any
 * value is seen: how it ended, then the chunk size, then its memory, then the
 * probe's lines. The values in stdout are not read here.
 */
void outcome_judge(struct process_report *report, const struct outcome_facts *facts);

/*
 * The conversation broke while the process ran: did the kernel die under it?
 * console is what the serial console said meanwhile; was_reset: the machine
 * was; why is the fault of the link, for when neither explains it. silent: the
 * stream is there and nothing comes, which looks like a kernel that hangs; it is
 * the link's fault until golden has proved that the machine is well (then
 * outcome_hung()).
 */
void outcome_lost(struct process_report *report, const char *console, bool was_reset,
	bool silent, const char *why);

/* Golden came back after such a silence: was it the kernel that hung? Then *failure says so. */
bool outcome_hung(enum failure *failure, enum symptom symptom);

#endif
