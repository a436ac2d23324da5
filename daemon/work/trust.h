/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_TRUST_H
#define WORK_TRUST_H

#include <stdbool.h>

#include "base/err.h"
#include "io/db.h"
#include "model/comparison.h"

/*
 * How far a host is to be trusted, from what it measured: each comparison with
 * interleaved boots checks the machine as well (rules/hostcheck.h).
 */

/* One finished comparison. */
struct trust_check {
	bool quarantine;    /* the lab session is not to be trusted: tell the lab owner */
	const char *reason; /* "the baseline kernel moved"; also when it is steady */
	bool aa;	    /* equal images: an A/A run */
	size_t flagged;	    /* cells that were flagged, or would have been */
	bool has_control, has_baseline, has_drift; /* there was enough to tell */
	double control, baseline, drift;	   /* as R - 1 */
	bool drift_moved;			   /* it is more than noise */
	bool has_between, between_moved; /* the control differs between the two kernels */
	double between, between_half;	 /* as R - 1; 95 % */
};

/*
 * Checks a comparison that judge_comparison() gave, and stores the answer.
 * The base kernel's boots are compared with its own boots of other lab
 * sessions, all judged cells of a boot averaged first; and cell by cell, for
 * "more than half of all cells moved the same way". That the new kernel
 * differs from the base says nothing about the machine: both were booted in
 * turns, and so it is compared by its negative control only: when that moves
 * between the two, what differs is not KVM. The base kernel's controls are
 * compared with those of all kernels in other lab sessions. Screens are not checked.
 */
int trust_check(struct db *db, const struct comparison *judged, int64_t now_unix_ms,
	struct trust_check *ret, struct err *err);

/* The stored answer: 1, or 0 when it was not checked. */
int trust_find(struct db *db, int64_t comparison_id, struct trust_check *ret, struct err *err);

/* The A/A runs of a host. */
struct trust_record {
	int runs, alerts;
	double limit; /* upper 95 % limit of the rate; 1 without runs */
};

/* host_id 0: of all hosts. */
int trust_record(struct db *db, int64_t host_id, struct trust_record *ret, struct err *err);

/* "A/A: 0 alerts of 37 (below 7.8 % at 95 %)", "A/A: no runs yet"; the caller frees. */
char *trust_sentence(const struct trust_record *record);

#endif
