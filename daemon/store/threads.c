/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

static void bind_key(struct query *query, const struct thread_key *key)
{
	query_bind_text(query, ":id", key->id);
	query_bind_int(query, ":version", key->version);
	query_bind_text(query, ":digest", key->digest);
	query_bind_text(query, ":wanted", key->wanted);
}

/* A full id; false when it is too long to be one. */
static bool take_oid(char ret[65], const char *text)
{
	size_t bytes = strlen(text);

	if (!bytes || bytes > 64)
		return false;
	memcpy(ret, text, bytes + 1);
	return true;
}

#define COLUMNS                                                                             \
	"SELECT message_id, subject, line, version, base, commits, patch_ids, why, remark " \
	"FROM threads "

static int read_row(struct query *query, struct applied *ret, struct err *err)
{
	auto_strv struct strv commits = STRV_INIT;
	auto_applied struct applied row = {.id = query_text_dup(query, 0),
		.subject = query_text_dup(query, 1),
		.line = query_text_dup(query, 2),
		.version = (int)query_int(query, 3),
		.why = query_text_dup(query, 7)};
	bool good = take_oid(row.base, query_text(query, 4));

	strv_split(&commits, query_text(query, 5), "\n");
	strv_split(&row.patch_ids, query_text(query, 6), "\n");
	row.total = (int)commits.count;
	row.commits = mem_new(commits.count + 1, sizeof(*row.commits));
	for (size_t i = 0; i < commits.count; i++)
		good &= take_oid(row.commits[i], commits.items[i]);
	if (!good || !row.total)
		return err_set(
			err, -EBADMSG, "the stored series %.100s names no commits", row.id);
	memcpy(row.tip, row.commits[row.total - 1], sizeof(row.tip));
	if (query_text(query, 8)[0])
		row.remark = query_text_dup(query, 8);
	*ret = row;
	memset(&row, 0, sizeof(row));
	return 1;
}

int thread_load(
	struct db *db, const struct thread_key *key, struct applied *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		COLUMNS
		"WHERE message_id = :id AND version = :version AND digest = :digest "
		"AND wanted = :wanted",
		&query, err);

	if (r < 0)
		return r;
	bind_key(query, key);
	r = query_step(query, err);
	return r > 0 ? read_row(query, ret, err) : r;
}

int thread_of_mail(struct db *db, const char *message_id, struct applied *ret, int *ret_patch,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		COLUMNS
		"WHERE message_id = :id OR instr(char(10) || patch_ids, "
		"char(10) || :id || char(10)) ORDER BY applied_unix_ms DESC, id DESC "
		"LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":id", message_id);
	r = query_step(query, err);
	if (r > 0)
		r = read_row(query, ret, err);
	if (r <= 0)
		return r;
	*ret_patch = 0;
	for (size_t i = 0; strcmp(ret->id, message_id) != 0 && i < ret->patch_ids.count; i++)
		if (strcmp(ret->patch_ids.items[i], message_id) == 0)
			*ret_patch = (int)i + 1;
	return 1;
}

static const char store_sql[] =
	"INSERT INTO threads (message_id, version, digest, wanted, subject, line, base, "
	"commits, patch_ids, why, remark, applied_unix_ms) VALUES (:id, :version, :digest, "
	":wanted, :subject, :line, :base, :commits, :patch_ids, :why, :remark, :now) "
	"ON CONFLICT (message_id, version, digest, wanted) DO UPDATE SET "
	"subject = excluded.subject, line = excluded.line, base = excluded.base, "
	"commits = excluded.commits, patch_ids = excluded.patch_ids, why = excluded.why, "
	"remark = excluded.remark, applied_unix_ms = excluded.applied_unix_ms";

int thread_store(struct db *db, const struct thread_key *key, const struct applied *series,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_str struct str commits = STR_INIT, ids = STR_INIT;
	int r = query_open(db, store_sql, &query, err);

	if (r < 0)
		return r;
	for (int i = 0; i < series->total; i++)
		str_addf(&commits, "%s\n", series->commits[i]);
	for (size_t i = 0; i < series->patch_ids.count; i++)
		str_addf(&ids, "%s\n",
			series->patch_ids.items[i][0] ? series->patch_ids.items[i] : "-");
	bind_key(query, key);
	query_bind_text(query, ":subject", series->subject);
	query_bind_text(query, ":line", series->line);
	query_bind_text(query, ":base", series->base);
	query_bind_text(query, ":commits", str_text(&commits));
	query_bind_text(query, ":patch_ids", str_text(&ids));
	query_bind_text(query, ":why", series->why);
	query_bind_text(query, ":remark", series->remark ? series->remark : "");
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}
