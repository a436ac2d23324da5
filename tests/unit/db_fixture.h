/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_DB_FIXTURE_H
#define TESTS_DB_FIXTURE_H

#include "scratch.h"

#include "io/db.h"

/* A new database in a folder, with what the SQL makes in it. */
static inline struct db *open_new(const char *folder, const char *sql)
{
	auto_free char *path = mem_printf("%s/t.db", folder);
	struct err err = ERR_INIT;
	struct db *db = NULL;

	if (db_open(path, true, &db, &err) < 0 || db_exec(db, sql, &err) < 0)
		fail_msg("%s", err.text);
	return db;
}

static inline int64_t count_rows(struct db *db, const char *sql)
{
	auto_query struct query *query = NULL;

	assert_int_equal(query_open(db, sql, &query, NULL), 0);
	assert_int_equal(query_step(query, NULL), 1);
	return query_int(query, 0);
}

#endif
