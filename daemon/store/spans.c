/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/spans.h"

#include <stdlib.h>

#include "base/mem.h"

static const char spans_sql[] =
	"SELECT base_commit, new_commit FROM comparisons WHERE host_id = :host "
	"AND branch = :branch AND kind IN ('fixed', 'confirm') AND state <> 'failed' "
	"UNION SELECT j.base_commit, j.new_commit FROM jobs j LEFT JOIN branches b "
	"ON b.id = j.branch_id WHERE coalesce(b.name, j.branch) = :branch AND j.kind IN "
	"('fixed', 'confirm') "
	"AND j.state <> 'ended' AND j.base_commit IS NOT NULL AND j.new_commit IS NOT NULL";

int spans_load(struct db *db, const char *branch, int64_t host_id, struct commit_span **ret,
	size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free struct commit_span *spans = NULL;
	size_t count = 0;
	int r = query_open(db, spans_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":host", host_id);
	query_bind_text(query, ":branch", branch);
	while ((r = query_step(query, err)) > 0) {
		spans = mem_grow(spans, count + 1, sizeof(*spans));
		spans[count++] = (struct commit_span){query_int(query, 0), query_int(query, 1)};
	}
	if (r < 0)
		return r;
	*ret = take_ptr(spans);
	*ret_count = count;
	return 0;
}

/* Of a bare column beside max() SQLite takes the value of the row that has the maximum. */
static const char epochs_sql[] =
	"SELECT b.epoch_id, max(b.started_unix_ms) FROM boots b JOIN comparisons c "
	"ON c.id = b.comparison_id WHERE c.host_id = :host AND c.branch = :branch "
	"AND b.epoch_id IS NOT NULL AND (:plan = 0 OR c.plan_id = :plan) GROUP BY c.plan_id "
	"ORDER BY c.plan_id";

int epochs_newest(struct db *db, const char *branch, int64_t host_id, int64_t plan_id,
	int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = query_open(db, epochs_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":host", host_id);
	query_bind_text(query, ":branch", branch);
	query_bind_int(query, ":plan", plan_id);
	while ((r = query_step(query, err)) > 0) {
		ids = mem_grow(ids, count + 1, sizeof(*ids));
		ids[count++] = query_int(query, 0);
	}
	if (r < 0)
		return r;
	*ret_ids = take_ptr(ids);
	*ret_count = count;
	return 0;
}

int history_jobs_open(struct db *db, const char *branch, const char *host, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT count(*) FROM jobs j LEFT JOIN branches b ON b.id = j.branch_id "
		"WHERE j.state <> 'ended' AND j.origin = 'history' "
		"AND coalesce(b.name, j.branch) = :branch AND j.wanted_host = :host",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":branch", branch);
	query_bind_text(query, ":host", host);
	r = query_step(query, err);
	return r <= 0 ? r : (int)query_int(query, 0);
}
