/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/branches.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static const char load_sql[] =
	"SELECT id, ref, tip, gone FROM branches WHERE name = :name ORDER BY ref";

int branches_load(struct db *db, const char *name, struct branch_row **ret, size_t *ret_count,
	struct err *err)
{
	auto_query struct query *query = NULL;
	struct branch_row *rows = NULL;
	size_t count = 0;
	int r = query_open(db, load_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	while ((r = query_step(query, err)) > 0) {
		rows = mem_grow(rows, count + 1, sizeof(*rows));
		rows[count].id = query_int(query, 0);
		rows[count].ref = query_text_dup(query, 1);
		snprintf(rows[count].tip, sizeof(rows->tip), "%s", query_text(query, 2));
		rows[count++].gone = query_int(query, 3) != 0;
	}
	if (r < 0) {
		branch_rows_free(rows, count);
		return r;
	}
	*ret = rows;
	*ret_count = count;
	return 0;
}

void branch_rows_free(struct branch_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(rows[i].ref);
	free(rows);
}

static const char store_sql[] =
	"INSERT INTO branches (name, repository, ref) VALUES (:name, :repository, :ref) "
	"ON CONFLICT (name, ref) DO UPDATE SET repository = excluded.repository RETURNING id";

int branch_store(struct db *db, const char *name, const char *repository, const char *ref,
	int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, store_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	query_bind_text(query, ":repository", repository);
	query_bind_text(query, ":ref", ref);
	return query_run_id(query, ret_id, err);
}

static const char look_sql[] =
	"UPDATE branches SET tip = :tip, gone = :gone, updated_unix_ms = :now WHERE id = :id";

static int set_tip(struct db *db, int64_t id, const char *tip, bool gone, int64_t now_unix_ms,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, look_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":tip", tip);
	query_bind_int(query, ":gone", gone);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}

int branch_look(
	struct db *db, int64_t id, const char *tip, int64_t now_unix_ms, struct err *err)
{
	return set_tip(db, id, tip, false, now_unix_ms, err);
}

int branch_lose(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	return set_tip(db, id, "", true, now_unix_ms, err);
}

static const char since_sql[] =
	"SELECT count(*) FROM jobs j JOIN branches b ON b.id = j.branch_id "
	"WHERE b.name = :name AND j.origin = 'watch' AND j.created_unix_ms >= :since";

int branch_jobs_since(
	struct db *db, const char *name, int64_t since_unix_ms, int *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int64_t count;
	int r = query_open(db, since_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	query_bind_int(query, ":since", since_unix_ms);
	r = query_run_id(query, &count, err);
	if (r == 0)
		*ret = (int)count;
	return r;
}

static const char knows_sql[] =
	"SELECT EXISTS (SELECT 1 FROM jobs j JOIN commits c ON c.id = j.new_commit "
	"JOIN branches b ON b.id = j.branch_id WHERE c.oid = :oid AND b.name = :name)";

int branch_knows(struct db *db, const char *name, const char *oid, bool *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int64_t known;
	int r = query_open(db, knows_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	query_bind_text(query, ":oid", oid);
	r = query_run_id(query, &known, err);
	if (r == 0)
		*ret = known != 0;
	return r;
}

static const char due_sql[] =
	"SELECT next_unix_ms, failures FROM repositories WHERE url = :url";

int repository_due(struct db *db, const char *url, int64_t *ret_next_unix_ms, int *ret_failures,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, due_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":url", url);
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret_next_unix_ms = r ? query_int(query, 0) : 0;
	*ret_failures = r ? (int)query_int(query, 1) : 0;
	return 0;
}

static const char polled_sql[] =
	"INSERT INTO repositories (url, polled_unix_ms, next_unix_ms, failures, problem) "
	"VALUES (:url, :good, :next, :bad, :problem) "
	"ON CONFLICT (url) DO UPDATE SET next_unix_ms = excluded.next_unix_ms, "
	"polled_unix_ms = coalesce(excluded.polled_unix_ms, polled_unix_ms), "
	"failures = excluded.failures * (failures + 1), problem = excluded.problem";

int repository_polled(struct db *db, const char *url, const char *problem, int64_t now_unix_ms,
	int64_t next_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, polled_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":url", url);
	if (problem)
		query_bind_blob(query, ":good", NULL, 0); /* NULL: the last good poll stays */
	else
		query_bind_int(query, ":good", now_unix_ms);
	query_bind_int(query, ":next", next_unix_ms);
	query_bind_int(query, ":bad", problem != NULL);
	query_bind_text(query, ":problem", problem);
	return query_run(query, err);
}
