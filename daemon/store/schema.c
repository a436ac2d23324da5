/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/schema.h"

#include <errno.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "string/str.h"

static int read_version(struct db *db, int *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "PRAGMA user_version", &query, err);

	if (r < 0)
		return r;
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret = (int)query_int(query, 0);
	return 0;
}

/* "schema/0004-events.sql" is version 3; 0 for other files. */
static int file_version(const char *name)
{
	return text_starts(name, "schema/") ? atoi(name + sizeof("schema/") - 1) : 0;
}

/* The version is asked for again under the write lock: another process may have been faster. */
static int apply_one(struct db *db, const struct builtin *file, int version, struct err *err)
{
	auto_str struct str pragma = STR_INIT;
	int now = 0, r = db_begin(db, err);

	if (r < 0)
		return r;
	str_addf(&pragma, "PRAGMA user_version = %d", version);
	r = read_version(db, &now, err);
	if (r == 0 && now < version)
		r = db_exec(db, (const char *)file->data, err);
	if (r == 0 && now < version)
		r = db_exec(db, str_text(&pragma), err);
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0) {
		db_rollback(db);
		return err_note(err, "upgrading with %s", file->name);
	}
	return 0;
}

int schema_apply(struct db *db, const char *path, struct err *err)
{
	int version, newest = 0;
	int r = read_version(db, &version, err);

	/* The table is sorted by name, so by version. */
	for (size_t i = 0; i < builtin_count && r == 0; i++) {
		int of_file = file_version(builtin_table[i].name);

		if (of_file > newest)
			newest = of_file;
		if (of_file > version)
			r = apply_one(db, &builtin_table[i], of_file, err);
	}
	if (r == 0 && version > newest)
		return err_set(err, -EPROTO,
			"database %s has schema %d, this program knows up to %d: use the newer "
			"kvmperf",
			path, version, newest);
	return r;
}
