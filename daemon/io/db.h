/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_DB_H
#define IO_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * SQLite, and nothing else knows it. Errors are negative errno with the
 * database's name and SQLite's words: -ENOSPC full disk, -EBUSY locked by
 * another process (after 10 s), -EROFS read-only, -EUCLEAN damaged or not a
 * database, -EEXIST a constraint, -EIO anything else.
 */
struct db;

/*
 * Opens, and makes when missing and make is set. WAL, foreign keys on, synchronous FULL.
 * A connection is used by one thread at a time.
 */
int db_open(const char *path, bool make, struct db **ret, struct err *err);
void db_close(struct db *db); /* NULL is fine */

const char *db_path(const struct db *db); /* as it was opened */

/* Runs SQL without results, several statements too. */
int db_exec(struct db *db, const char *sql, struct err *err);

/*
 * Transactions. db_begin() takes the write lock at once. db_rollback() is fine
 * when none is open, so that error paths call it without asking.
 */
int db_begin(struct db *db, struct err *err);

/*
 * Like db_begin(), for what is worth nothing before something that follows it:
 * its commit does not wait for the disk. A power cut may take it back, as a
 * whole, until the next commit of the other kind; nothing else can.
 */
int db_begin_lazy(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db);

/*
 * What belongs together and may be part of more: a transaction of its own, or
 * within the one that is open. db_part_end() keeps it when r is 0, else takes
 * only this part back, and returns r or its own error.
 */
struct db_part {
	struct db *db;
	bool is_whole; /* a transaction of its own */
};

int db_part_begin(struct db *db, struct db_part *ret, struct err *err);
int db_part_end(struct db_part *part, int r, struct err *err);

/* A number that changes whenever another connection has changed the file. */
int db_version(struct db *db, int64_t *ret, struct err *err);

int64_t db_last_id(struct db *db); /* row id of the last insert */
int64_t db_changes(struct db *db); /* rows changed by the last statement */

/*
 * One statement with named parameters. Binds are checked: a bind that fails
 * (unknown name) is remembered and returned by query_step(). Text and blobs
 * are copied; a NULL text or blob binds NULL.
 *
 *	auto_query struct query *query = NULL;
 *	int r = query_open(db, "SELECT id FROM hosts WHERE name = :name", &query, err);
 *	if (r < 0)
 *		return r;
 *	query_bind_text(query, ":name", name);
 *	while ((r = query_step(query, err)) > 0)
 *		use(query_int(query, 0));
 */
struct query;

/* A closed query leaves its statement with the connection: the same words are parsed once. */
int query_open(struct db *db, const char *sql, struct query **ret, struct err *err);
void query_close(struct query *query);
void query_close_ptr(struct query **query);
#define auto_query __attribute__((cleanup(query_close_ptr)))

void query_bind_int(struct query *query, const char *name, int64_t value);
void query_bind_real(struct query *query, const char *name, double value);
void query_bind_text(struct query *query, const char *name, const char *text);
void query_bind_blob(
	struct query *query, const char *name, const void *data, size_t size_bytes);

/* 1: a row is there; 0: no more; negative: error. */
int query_step(struct query *query, struct err *err);

/* Runs a statement to its end, ignoring rows, and makes it ready for new binds. */
int query_run(struct query *query, struct err *err);

/* Makes a statement that was stepped through ready for new binds. */
void query_rewind(struct query *query);

/* Runs a statement that gives exactly one row, and reads the id in its first column; ready for
 * new binds then. */
int query_run_id(struct query *query, int64_t *ret_id, struct err *err);

/*
 * Gives each row of a statement about :id, its only parameter, to read(), in their order:
 * what most lists of a thing are read with.
 */
int query_each(struct db *db, const char *sql, int64_t id,
	void (*read)(struct query *row, void *to), void *to, struct err *err);

/* Columns count from 0; text and blob are valid until the next step. NULL reads as 0 or NULL.
 */
int64_t query_int(struct query *query, int column);
double query_real(struct query *query, int column);
const char *query_text(struct query *query, int column);
char *query_text_dup(struct query *query, int column); /* the caller frees; NULL stays NULL */
const void *query_blob(struct query *query, int column, size_t *ret_bytes);

#endif
