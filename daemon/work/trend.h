/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_TREND_H
#define WORK_TREND_H

#include <stddef.h>

#include "base/err.h"
#include "io/db.h"

/*
 * After a night: what the stored history of a branch on a host asks to be
 * confirmed (rules/trend.h). A change point never alerts; it is a wish for a
 * comparison of kind 'confirm', which whoever adds jobs may grant when the host
 * is idle. Ranges that a confirm, a comparison with fixed boots or an open job
 * of the branch covers already are not wished for again.
 */
struct trend_wish {
	int64_t base_commit; /* row: the last measured kernel before the range */
	int64_t new_commit;  /* row: the first one after it */
	size_t points;	     /* cells that ask */
	double p;	     /* the smallest of theirs, over all cells */
};

/*
 * branch is as comparisons carry it. The wishes of a plan (0: of all), the most
 * certain first; the caller frees. The newest 500 kernels of an epoch are looked at.
 */
int trend_pending(struct db *db, const char *branch, int64_t host_id, int64_t plan_id,
	struct trend_wish **ret, size_t *ret_count, struct err *err);

#endif
