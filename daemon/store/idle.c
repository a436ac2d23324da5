/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/idle.h"

#include "base/mem.h"

static const char pick_sql[] =
	"SELECT j.repository, j.new_commit, j.plan, j.kernel_config, j.branch_id "
	"FROM hosts h JOIN jobs j ON j.host_id = h.id "
	"WHERE h.name = :host AND h.health <> 'quarantined' AND j.outcome = 'done' "
	"AND j.kind <> 'check' AND NOT EXISTS (SELECT 1 FROM jobs WHERE state <> 'ended') "
	"AND (SELECT count(*) FROM jobs o WHERE o.host_id = h.id AND o.kind <> 'aa' AND o.id > "
	"     (SELECT coalesce(max(a.id), 0) FROM jobs a WHERE a.host_id = h.id AND a.kind = "
	"'aa')) "
	"    >= :every "
	"ORDER BY j.commit_time_s DESC, j.id DESC LIMIT 1";

int idle_pick(struct db *db, const char *host, int every, struct job *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, pick_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":host", host);
	query_bind_int(query, ":every", every);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct job){
		.kind = JOB_AA,
		.priority = -50,
		.origin = mem_strdup("idle"),
		.repository = query_text_dup(query, 0),
		.base_commit = query_int(query, 1),
		.new_commit = query_int(query, 1),
		.plan = query_text_dup(query, 2),
		.kernel_config = query_text_dup(query, 3),
		.branch_id = query_int(query, 4),
		.wanted_host = mem_strdup(host),
	};
	return 1;
}
