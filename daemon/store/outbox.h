/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stddef.h>

#include "io/db.h"
#include "model/mail.h"

/*
 * Mails on their way. The Message-ID is fixed when a mail is written and never
 * changes; changes of state compare first (-ESTALE).
 */

/* Writes one; sets mail->id. No transaction of its own: it belongs to what it tells. */
int outbox_add(struct db *db, struct mail *mail, struct err *err);

/* -ENOENT when there is none; the caller clears *ret. */
int outbox_load(struct db *db, int64_t id, struct mail *ret, struct err *err);

/*
 * The mail that is due first: 1 or 0. Includes one that was being sent when its
 * sender died, so only the holder of the sending lock may ask.
 */
int outbox_due(struct db *db, int64_t now_unix_ms, struct mail *ret, struct err *err);

/* Begins an attempt, from "waiting" or "sending"; committed before it is made. */
int outbox_begin(struct db *db, const struct mail *mail, int64_t now_unix_ms, struct err *err);

/* How it ended: "sent", "parked", or "waiting" until next_unix_ms. */
int outbox_end(struct db *db, int64_t id, const char *state, int64_t next_unix_ms,
	const char *answer, int64_t now_unix_ms, struct err *err);

/* The last mail of a kind that answers another: 1 and *ret_id, or 0. */
int outbox_find_answer(struct db *db, const char *kind, const char *message_id, int64_t *ret_id,
	struct err *err);

/* A parked, dry or waiting mail is to be sent now; -ESTALE in other states. */
int outbox_retry(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err);

/* All, oldest first, without their text; the caller clears each and frees. */
int outbox_list(struct db *db, struct mail **ret, size_t *ret_count, struct err *err);

/* Reports of a branch written since then. */
int outbox_count_reports(
	struct db *db, const char *branch, int64_t since_unix_ms, int *ret, struct err *err);

/* When a mail of that kind (and subject, unless NULL) was written last; 0: never. */
int outbox_last(struct db *db, const char *kind, const char *subject, int64_t *ret_unix_ms,
	struct err *err);

#endif
