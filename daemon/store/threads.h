/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_THREADS_H
#define STORE_THREADS_H

#include "io/db.h"

/* Posted series that were applied; see schema/0008-threads.sql. */

/* Which one: the same key is the same series on the same wish. All borrowed. */
struct thread_key {
	const char *id;
	int version;
	const char *digest;
	const char *wanted; /* full id of the base that was asked for, or "" */
};

/* What became of it. */
struct thread_row {
	char *subject;
	char *base;
	char *commits; /* full ids, one a line */
	char *why;
	char *remark; /* or "" */
};

/* 1 and *ret, which the caller clears, or 0. */
int thread_load(
	struct db *db, const struct thread_key *key, struct thread_row *ret, struct err *err);

/* Stores it in the place of an earlier one. */
int thread_store(struct db *db, const struct thread_key *key, const struct thread_row *row,
	int64_t now_unix_ms, struct err *err);

void thread_row_clear(struct thread_row *row);

#define auto_thread_row __attribute__((cleanup(thread_row_clear)))

#endif
