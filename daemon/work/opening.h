/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_OPENING_H
#define WORK_OPENING_H

#include "io/db.h"
#include "model/job.h"
#include "model/plan.h"
#include "store/runs.h"

/*
 * The comparison that a job measures: begun with its first boot, and found again by
 * the job's later processes.
 */
struct opening_plan {
	const struct plan *plan;
	const char *text; /* as it was written */
};

/* The one that job->comparison_id names. */
int opening_load(struct db *db, const struct job *job, struct run *ret, struct err *err);

/*
 * Begins it, in a transaction of the caller; run->recipe is given, the rest filled in,
 * and the job's comparison_id too. *ret_screen is the comparison that the screen before
 * this confirm judged, or 0.
 */
int opening_begin(struct db *db, struct job *job, const struct opening_plan *plan,
	struct run *run, int64_t *ret_screen, struct err *err);

#endif
