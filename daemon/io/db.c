/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/db.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"

enum { BUSY_LIMIT_MS = 10000, IDLE_MOST = 32 };

struct db {
	sqlite3 *handle;
	char *path;
	bool is_lazy; /* the open transaction's commit does not wait for the disk */
	sqlite3_stmt *idle[IDLE_MOST]; /* closed queries, to be opened again; newest last */
	size_t idle_count;
};

struct query {
	struct db *db;
	sqlite3_stmt *statement;
	int bind_result; /* SQLite code of the first bind that failed */
	const char *bad_bind;
};

static int errno_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return -EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	default:
		return -EIO;
	}
}

static const char *advice(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
		return "; free some space and start again, nothing stored so far is lost";
	case SQLITE_BUSY:
		return "; another kvmperf is working on it";
	case SQLITE_READONLY:
		return "; its folder is read-only, or it belongs to another user";
	case SQLITE_CORRUPT:
		return "; restore it from a backup or move it away";
	case SQLITE_NOTADB:
		return "; is this the right file?";
	default:
		return "";
	}
}

/*
 * SQLite's code, made more exact: where it maps memory, a full disk is an I/O
 * error to it, and a read-only one "unable to open database file".
 */
static int sharpen(struct db *db, int code)
{
	int kind = code & 0xff;

	if (!db->handle)
		return code;
	if (kind == SQLITE_IOERR && sqlite3_system_errno(db->handle) == ENOSPC)
		return SQLITE_FULL;
	if (kind == SQLITE_CANTOPEN && sqlite3_db_readonly(db->handle, "main") == 1)
		return SQLITE_READONLY;
	return code;
}

static int fail(struct db *db, int code, struct err *err)
{
	code = sharpen(db, code);
	return err_set(err, errno_of(code), "database %s: %s%s", db->path,
		db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code), advice(code));
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->idle_count; i++)
		sqlite3_finalize(db->idle[i]);
	sqlite3_close(db->handle);
	mem_free_ptr(&db->path);
	mem_free_ptr(&db);
}

/* Counting its memory would have the connections of all threads wait for one lock. */
static void set_up(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_open(const char *path, bool make, struct db **ret, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int flags =
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (make ? SQLITE_OPEN_CREATE : 0);
	struct db *db = MEM_NEW(struct db, 1);
	int code, r;

	pthread_once(&once, set_up);
	db->path = mem_strdup(path);
	code = sqlite3_open_v2(path, &db->handle, flags, NULL);
	if (code != SQLITE_OK) {
		r = fail(db, code, err);
		db_close(db);
		return r;
	}
	sqlite3_busy_timeout(db->handle, BUSY_LIMIT_MS);
	r = db_exec(db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = "
		"ON;",
		err);
	if (r < 0) {
		db_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(db, code, err);
}

int db_begin(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int db_begin_lazy(struct db *db, struct err *err)
{
	int r = db_exec(db, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", err);

	db->is_lazy = true;
	if (r < 0)
		db_rollback(db);
	return r;
}

/* The setting cannot be changed within a transaction, so it is after each. */
static void end_lazy(struct db *db)
{
	if (db->is_lazy)
		sqlite3_exec(db->handle, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	db->is_lazy = false;
}

int db_commit(struct db *db, struct err *err)
{
	int r = db_exec(db, "COMMIT", err);

	if (r < 0)
		db_rollback(db);
	end_lazy(db);
	return r;
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	end_lazy(db);
}

int db_part_begin(struct db *db, struct db_part *ret, struct err *err)
{
	bool is_whole = sqlite3_get_autocommit(db->handle) != 0;
	int r = is_whole ? db_begin(db, err) : db_exec(db, "SAVEPOINT part", err);

	*ret = (struct db_part){r < 0 ? NULL : db, is_whole};
	return r;
}

int db_part_end(struct db_part *part, int r, struct err *err)
{
	if (!part->db)
		return r;
	if (part->is_whole) {
		if (r == 0)
			return db_commit(part->db, err);
		db_rollback(part->db);
		return r;
	}
	if (r < 0)
		sqlite3_exec(part->db->handle, "ROLLBACK TO part", NULL, NULL, NULL);
	if (r == 0)
		return db_exec(part->db, "RELEASE part", err);
	sqlite3_exec(part->db->handle, "RELEASE part", NULL, NULL, NULL);
	return r;
}

int db_version(struct db *db, int64_t *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "PRAGMA data_version", &query, err);

	return r < 0 ? r : query_run_id(query, ret, err);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

int64_t db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

/* The idle statement of these words, which is idle no more; or NULL. */
static sqlite3_stmt *take_idle(struct db *db, const char *sql)
{
	for (size_t i = db->idle_count; i-- > 0;) {
		sqlite3_stmt *statement = db->idle[i];

		if (strcmp(sqlite3_sql(statement), sql))
			continue;
		db->idle_count--;
		memmove(&db->idle[i], &db->idle[i + 1],
			(db->idle_count - i) * sizeof(*db->idle));
		return statement;
	}
	return NULL;
}

/* Keeps a statement for the next query of the same words, at the cost of the oldest. */
static void give_idle(struct db *db, sqlite3_stmt *statement)
{
	if (!statement)
		return;
	if (db->idle_count == IDLE_MOST) {
		sqlite3_finalize(db->idle[0]);
		db->idle_count--;
		memmove(&db->idle[0], &db->idle[1], db->idle_count * sizeof(*db->idle));
	}
	db->idle[db->idle_count++] = statement;
}

int query_open(struct db *db, const char *sql, struct query **ret, struct err *err)
{
	sqlite3_stmt *statement = take_idle(db, sql);
	int code = statement ? SQLITE_OK
			     : sqlite3_prepare_v3(db->handle, sql, -1,
				       SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	struct query *query;

	if (code != SQLITE_OK)
		return fail(db, code, err);
	query = MEM_NEW(struct query, 1);
	query->db = db;
	query->statement = statement;
	*ret = query;
	return 0;
}

void query_close(struct query *query)
{
	if (!query)
		return;
	query_rewind(query);
	give_idle(query->db, query->statement);
	mem_free_ptr(&query);
}

void query_close_ptr(struct query **query)
{
	query_close(*query);
	*query = NULL;
}

static int place(struct query *query, const char *name)
{
	return sqlite3_bind_parameter_index(query->statement, name);
}

static void remember(struct query *query, const char *name, int code)
{
	if (code == SQLITE_OK || query->bind_result != SQLITE_OK)
		return;
	query->bind_result = code;
	query->bad_bind = name;
}

void query_bind_int(struct query *query, const char *name, int64_t value)
{
	remember(query, name, sqlite3_bind_int64(query->statement, place(query, name), value));
}

void query_bind_real(struct query *query, const char *name, double value)
{
	remember(query, name, sqlite3_bind_double(query->statement, place(query, name), value));
}

void query_bind_text(struct query *query, const char *name, const char *text)
{
	remember(query, name,
		sqlite3_bind_text(
			query->statement, place(query, name), text, -1, SQLITE_TRANSIENT));
}

void query_bind_blob(struct query *query, const char *name, const void *data, size_t size_bytes)
{
	remember(query, name,
		sqlite3_bind_blob64(query->statement, place(query, name), data, size_bytes,
			SQLITE_TRANSIENT));
}

int query_step(struct query *query, struct err *err)
{
	int code;

	if (query->bind_result != SQLITE_OK)
		return err_set(err, -EINVAL, "database %s: cannot bind %s: %s", query->db->path,
			query->bad_bind, sqlite3_errstr(query->bind_result));
	code = sqlite3_step(query->statement);
	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : fail(query->db, code, err);
}

int query_run(struct query *query, struct err *err)
{
	int r;

	do {
		r = query_step(query, err);
	} while (r > 0);
	query_rewind(query);
	return r;
}

void query_rewind(struct query *query)
{
	sqlite3_reset(query->statement);
	sqlite3_clear_bindings(query->statement);
}

int query_run_id(struct query *query, int64_t *ret_id, struct err *err)
{
	int r, rows = 0;
	int64_t id = 0;

	while ((r = query_step(query, err)) > 0) {
		id = query_int(query, 0);
		rows++;
	}
	query_rewind(query);
	if (r == 0 && rows != 1)
		r = err_set(err, -ESTALE, "database %s: %d rows where one was expected",
			query->db->path, rows);
	if (r == 0)
		*ret_id = id;
	return r;
}

int query_each(struct db *db, const char *sql, int64_t id,
	void (*read)(struct query *row, void *to), void *to, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0)
		read(query, to);
	return r;
}

int64_t query_int(struct query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

double query_real(struct query *query, int column)
{
	return sqlite3_column_double(query->statement, column);
}

const char *query_text(struct query *query, int column)
{
	return (const char *)sqlite3_column_text(query->statement, column);
}

char *query_text_dup(struct query *query, int column)
{
	return mem_strdup(query_text(query, column));
}

const void *query_blob(struct query *query, int column, size_t *ret_bytes)
{
	const void *data = sqlite3_column_blob(query->statement, column);

	*ret_bytes = (size_t)sqlite3_column_bytes(query->statement, column);
	return data;
}
