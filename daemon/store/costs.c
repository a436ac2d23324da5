/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/costs.h"

static const char costs_sql[] =
	"WITH times AS (SELECT s.id, s.comparison_id, "
	"min(CASE WHEN j.state = 'build' THEN j.unix_ms END) AS build, "
	"min(CASE WHEN j.state = 'ready' THEN j.unix_ms END) AS ready, "
	"min(CASE WHEN j.state = 'boot' THEN j.unix_ms END) AS boot "
	"FROM bisect_steps s JOIN job_steps j ON j.job_id = s.job_id "
	"WHERE s.bisect_id = :id AND s.ended_unix_ms IS NOT NULL GROUP BY s.id) "
	"SELECT avg(ready - build) / 60000.0, avg(boot - ready) / 60000.0, "
	"avg((SELECT sum(b.ended_unix_ms - b.started_unix_ms) FROM boots b "
	" WHERE b.comparison_id = times.comparison_id)) / 60000.0 "
	"FROM times WHERE boot IS NOT NULL";

int costs_of_bisect(struct db *db, int64_t bisect_id, struct bisect_costs *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, costs_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", bisect_id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret = (struct bisect_costs){.build = query_real(query, 0),
		.session = query_real(query, 1),
		.boot = query_real(query, 2)};
	return 0;
}
