/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/threads.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void thread_row_clear(struct thread_row *row)
{
	free(row->subject);
	free(row->base);
	free(row->commits);
	free(row->why);
	free(row->remark);
	memset(row, 0, sizeof(*row));
}

static void bind_key(struct query *query, const struct thread_key *key)
{
	query_bind_text(query, ":id", key->id);
	query_bind_int(query, ":version", key->version);
	query_bind_text(query, ":digest", key->digest);
	query_bind_text(query, ":wanted", key->wanted);
}

int thread_load(
	struct db *db, const struct thread_key *key, struct thread_row *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT subject, base, commits, why, remark FROM threads "
		"WHERE message_id = :id AND version = :version AND digest = :digest "
		"AND wanted = :wanted",
		&query, err);

	if (r < 0)
		return r;
	bind_key(query, key);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct thread_row){
		.subject = mem_strdup(query_text(query, 0)),
		.base = mem_strdup(query_text(query, 1)),
		.commits = mem_strdup(query_text(query, 2)),
		.why = mem_strdup(query_text(query, 3)),
		.remark = mem_strdup(query_text(query, 4)),
	};
	return 1;
}

static const char store_sql[] =
	"INSERT INTO threads (message_id, version, digest, wanted, subject, base, commits, "
	"why, "
	"remark, applied_unix_ms) VALUES (:id, :version, :digest, :wanted, :subject, :base, "
	":commits, :why, :remark, :now) ON CONFLICT (message_id, version, digest, wanted) "
	"DO UPDATE SET subject = excluded.subject, base = excluded.base, "
	"commits = excluded.commits, why = excluded.why, remark = excluded.remark, "
	"applied_unix_ms = excluded.applied_unix_ms";

int thread_store(struct db *db, const struct thread_key *key, const struct thread_row *row,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, store_sql, &query, err);

	if (r < 0)
		return r;
	bind_key(query, key);
	query_bind_text(query, ":subject", row->subject);
	query_bind_text(query, ":base", row->base);
	query_bind_text(query, ":commits", row->commits);
	query_bind_text(query, ":why", row->why);
	query_bind_text(query, ":remark", row->remark ? row->remark : "");
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}
