/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_IDLE_H
#define STORE_IDLE_H

#include "io/db.h"
#include "model/job.h"

/*
 * What a host that has nothing to do could measure: the newest kernel that was
 * measured there, against itself, when `every` other jobs have ended there since
 * the last such run, it is free and healthy, and no job waits. 1 and a job to add
 * (the caller clears it), or 0.
 */
int idle_pick(struct db *db, const char *host, int every, struct job *ret, struct err *err);

/*
 * An open regression that the host saw, and that nobody has looked at for days_ms: is it
 * still there on the tip of its branch? A confirm of the tip against the commit before the
 * change, when the host is free and healthy, no job waits, and it was not asked before.
 */
int idle_recheck(struct db *db, const char *host, int64_t days_ms, int64_t now_unix_ms,
	struct job *ret, struct err *err);

#endif
