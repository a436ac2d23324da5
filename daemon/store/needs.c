/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/needs.h"

static const char image_sql[] =
	"SELECT EXISTS (SELECT 1 FROM jobs j WHERE j.state <> 'ended' AND "
	"   k.commit_id IN (j.base_commit, j.new_commit)) "
	"OR EXISTS (SELECT 1 FROM comparisons c WHERE c.state = 'running' AND "
	"   k.commit_id IN (c.base_commit, c.new_commit)) "
	"OR EXISTS (SELECT 1 FROM events e WHERE e.state NOT IN ('closed', 'invalid') AND "
	"   k.commit_id IN (e.from_commit, e.to_commit, e.culprit)) "
	"OR EXISTS (SELECT 1 FROM events e JOIN event_comparisons l ON l.event_id = e.id "
	"   JOIN comparisons c ON c.id = l.comparison_id "
	"   WHERE e.state NOT IN ('closed', 'invalid') AND "
	"   k.commit_id IN (c.base_commit, c.new_commit)) "
	"FROM kernels k WHERE k.image_path = :path";

int need_image(struct db *db, const char *image_path, bool *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	bool is_needed = false;
	int r = query_open(db, image_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":path", image_path);
	while ((r = query_step(query, err)) > 0)
		is_needed = is_needed || query_int(query, 0);
	if (r == 0)
		*ret = is_needed;
	return r;
}

/* An event refers to its comparisons, and so to the jobs that measured and asked for them. */
static const char job_sql[] =
	"SELECT CASE WHEN j.state <> 'ended' OR EXISTS (SELECT 1 FROM jobs m "
	"   JOIN event_comparisons l ON l.comparison_id = m.comparison_id "
	"   JOIN events e ON e.id = l.event_id WHERE j.id IN (m.id, m.parent_job) "
	"   AND e.state NOT IN ('closed', 'invalid')) THEN 0 ELSE j.updated_unix_ms END "
	"FROM jobs j WHERE j.id = :id";

int need_job_log(struct db *db, int64_t job, bool *ret_exists, int64_t *ret_free_unix_ms,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, job_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", job);
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret_exists = r > 0;
	*ret_free_unix_ms = r > 0 ? query_int(query, 0) : 0;
	return 0;
}
