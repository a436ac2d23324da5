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

#endif
