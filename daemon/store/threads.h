/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_THREADS_H
#define STORE_THREADS_H

#include "io/db.h"
#include "model/applied.h"

/* Posted series that were applied; see schema/0008-threads.sql and 0010-replies.sql. */

/* Which one: the same key is the same series on the same wish. All borrowed. */
struct thread_key {
	const char *id;
	int version;
	const char *digest;
	const char *wanted; /* full id of the base that was asked for, or "" */
};

/* 1 and *ret, which the caller clears, or 0. Sender, answered mail and ref are not stored. */
int thread_load(
	struct db *db, const struct thread_key *key, struct applied *ret, struct err *err);

/*
 * The series that was applied last of those that a mail belongs to. 1, *ret as above and
 * *ret_patch: its number, or 0 when it speaks for the whole series; or 0.
 */
int thread_of_mail(struct db *db, const char *message_id, struct applied *ret, int *ret_patch,
	struct err *err);

/* Stores it in the place of an earlier one. */
int thread_store(struct db *db, const struct thread_key *key, const struct applied *series,
	int64_t now_unix_ms, struct err *err);

#endif
