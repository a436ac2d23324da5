/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_BULLETIN_H
#define WORK_BULLETIN_H

#include <stdint.h>

#include "base/err.h"
#include "io/db.h"
#include "store/moves.h"
#include "sys/journal.h"

/*
 * Tells the journal each quarantine of a host that began after *last_step of the
 * hosts' stories, and moves that on; -1: none is told, those that were are old.
 */
int bulletin_hosts(struct db *db, int64_t *last_step, struct err *err);

/* The end of a job: whose it is, and where, about says. */
void bulletin_end(struct journal_about about, const struct job_end *end);

#endif
