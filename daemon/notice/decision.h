/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTICE_DECISION_H
#define NOTICE_DECISION_H

#include <stdint.h>

#include "base/err.h"
#include "io/db.h"

/* What moves an event besides measurements: a person's word, and time. */

/*
 * ack, invalid, wontfix, reopen (rules/lifecycle.h), kept with who and why. -EINVAL, and
 * the state it is in, when the event cannot go there.
 */
int decision_take(struct db *db, int64_t event_id, const char *verb, const char *who,
	const char *why, int64_t now_unix_ms, struct err *err);

/* Closes the events that nobody has to look at any more; *ret_count (may be NULL): how many. */
int decision_close_old(struct db *db, int64_t now_unix_ms, int *ret_count, struct err *err);

#endif
