/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/names.h"

static int name_of(struct db *db, const char *sql, int64_t id, char **ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r > 0)
		*ret = query_text_dup(query, 0);
	return r;
}

int name_of_host(struct db *db, int64_t id, char **ret, struct err *err)
{
	return name_of(db, "SELECT name FROM hosts WHERE id = :id", id, ret, err);
}

int name_of_branch(struct db *db, int64_t id, char **ret, struct err *err)
{
	return name_of(db, "SELECT name FROM branches WHERE id = :id", id, ret, err);
}
