/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_WISHES_H
#define STAGE_WISHES_H

#include "base/err.h"
#include "io/db.h"
#include "model/job.h"

/*
 * What the history of a branch asks to be confirmed (work/trend.h), granted: after
 * a screen of the branch, and with its plan, the most certain wish becomes a job
 * of kind 'confirm' on the same host, behind everything else. One at a time: the
 * next screen asks again. A change point tells nobody anything; only what the
 * fresh boots of that job find can become an event. Part of the caller's
 * transaction. Returns 1 when a job was added, else 0.
 *
 * branch and plan_id are those of the screen's comparison, host its name.
 */
int wishes_grant(struct db *db, const struct job *screen, const char *branch, int64_t plan_id,
	const char *host, int64_t now_unix_ms, struct err *err);

#endif
