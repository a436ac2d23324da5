/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/idle.h"

#include "base/mem.h"

static const char pick_sql[] =
	"SELECT j.repository, j.new_commit, j.new_commit, j.plan, j.kernel_config, "
	"j.branch_id, "
	"j.branch "
	"FROM hosts h JOIN jobs j ON j.host_id = h.id "
	"WHERE h.name = :host AND h.health <> 'quarantined' AND j.outcome = 'done' "
	"AND j.kind <> 'check' AND NOT EXISTS (SELECT 1 FROM jobs WHERE state <> 'ended') "
	"AND (SELECT count(*) FROM jobs o WHERE o.host_id = h.id AND o.kind <> 'aa' AND o.id > "
	"     (SELECT coalesce(max(a.id), 0) FROM jobs a WHERE a.host_id = h.id AND a.kind = "
	"'aa')) "
	"    >= :every "
	"ORDER BY j.commit_time_s DESC, j.id DESC LIMIT 1";

/* The columns of a pick: repository, base, new commit, plan, configuration, branch. */
static void read_pick(struct query *query, struct job *ret)
{
	ret->repository = query_text_dup(query, 0);
	ret->base_commit = query_int(query, 1);
	ret->new_commit = query_int(query, 2);
	ret->plan = query_text_dup(query, 3);
	ret->kernel_config = query_text_dup(query, 4);
	ret->branch_id = query_int(query, 5);
	ret->branch = query_text_dup(query, 6);
}

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
		.wanted_host = mem_strdup(host),
	};
	read_pick(query, ret);
	return 1;
}

static const char recheck_sql[] =
	"SELECT j.repository, e.from_commit, t.id, j.plan, j.kernel_config, j.branch_id, "
	"j.branch "
	"FROM events e JOIN event_comparisons o ON o.event_id = e.id AND o.role = 'opened' "
	"JOIN jobs j ON j.comparison_id = o.comparison_id JOIN hosts h ON h.id = j.host_id "
	"JOIN branches b ON b.id = j.branch_id AND b.gone = 0 JOIN commits t ON t.oid = b.tip "
	"WHERE h.name = :host AND h.health <> 'quarantined' AND e.direction = 'regressed' "
	"AND e.state IN ('confirmed', 'acknowledged') "
	"AND t.id NOT IN (e.from_commit, e.to_commit) "
	"AND NOT EXISTS (SELECT 1 FROM jobs WHERE state <> 'ended') "
	"AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.kind = 'confirm' "
	"    AND r.base_commit = e.from_commit AND r.new_commit = t.id) "
	"AND NOT EXISTS (SELECT 1 FROM event_comparisons x WHERE x.event_id = e.id "
	"    AND x.unix_ms > :since) "
	"ORDER BY e.id LIMIT 1";

int idle_recheck(struct db *db, const char *host, int64_t days_ms, int64_t now_unix_ms,
	struct job *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, recheck_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":host", host);
	query_bind_int(query, ":since", now_unix_ms - days_ms);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct job){
		.kind = JOB_CONFIRM,
		.priority = -40,
		.origin = mem_strdup("event"),
		.wanted_host = mem_strdup(host),
	};
	read_pick(query, ret);
	return 1;
}
