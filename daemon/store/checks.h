/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CHECKS_H
#define STORE_CHECKS_H

#include <stdbool.h>

#include "io/db.h"

/* What finished comparisons say about their hosts; see schema/0013-control.sql. */

struct check_row {
	const char *verdict; /* of hostcheck_name(); static */
	bool aa;
	int64_t flagged;
	double control, baseline, drift; /* logs; NAN: not told */
	bool drift_moved;
	double between, between_half;
	bool between_moved;
	int64_t checked_unix_ms; /* set by check_load() */
};

/* Stores it in the place of an earlier one. */
int check_store(struct db *db, int64_t comparison_id, const struct check_row *row,
	int64_t now_unix_ms, struct err *err);

/* 1 and *ret, or 0. */
int check_load(struct db *db, int64_t comparison_id, struct check_row *ret, struct err *err);

/*
 * A/A runs of a host (0: of all) that are done and were checked no later than
 * until_unix_ms, and those that would have alerted.
 */
int checks_count_aa(struct db *db, int64_t host_id, int64_t until_unix_ms, int *ret_runs,
	int *ret_alerts, struct err *err);

#endif
