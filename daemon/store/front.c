/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/front.h"

#include <string.h>

#include "base/mem.h"

static const char hosts_sql[] =
	"SELECT h.name, h.driver, h.emulated, count(b.id), "
	"coalesce(sum(b.state IN ('failed', 'lost')), 0), coalesce(max(b.ended_unix_ms), 0), "
	"coalesce(sum(b.state = 'running'), 0), h.health, h.health_reason, "
	"(SELECT j.kind || ' ' || j.id || ': ' || j.state || "
	"  coalesce(', boot ' || (SELECT max(x.sequence) FROM boots x "
	"   WHERE x.comparison_id = j.comparison_id), '') "
	" FROM leases l JOIN jobs j ON j.id = l.job_id WHERE l.host_id = h.id) "
	"FROM hosts h LEFT JOIN comparisons c ON c.host_id = h.id "
	"LEFT JOIN boots b ON b.comparison_id = c.id GROUP BY h.id ORDER BY h.name";

static char *host_state(struct query *query)
{
	if (query_text(query, 9))
		return query_text_dup(query, 9);
	return mem_strdup(query_int(query, 6) ? "measuring" : "idle");
}

static int load_hosts(struct db *db, struct front_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, hosts_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		page->hosts = mem_grow(page->hosts, page->host_count + 1, sizeof(*page->hosts));
		page->hosts[page->host_count++] = (struct front_host){
			.name = query_text_dup(query, 0),
			.driver = query_text_dup(query, 1),
			.emulated = query_int(query, 2) != 0,
			.boots = (size_t)query_int(query, 3),
			.failed_boots = (size_t)query_int(query, 4),
			.seen_unix_ms = query_int(query, 5),
			.state = host_state(query),
			.health = query_text_dup(query, 7),
			.health_reason = query_text_dup(query, 8),
		};
		page->boots += (size_t)query_int(query, 3);
		page->boots_failed += (size_t)query_int(query, 4);
	}
	return r;
}

static const char failures_sql[] =
	"SELECT m.oid, m.subject, k.failure, k.symptom, k.reason, k.built_unix_ms, "
	"(SELECT c.branch FROM comparisons c WHERE c.new_commit = m.id OR c.base_commit = m.id "
	" ORDER BY c.id DESC LIMIT 1), count(*) OVER () "
	"FROM kernels k JOIN commits m ON m.id = k.commit_id WHERE k.failure <> 'none' "
	"ORDER BY k.built_unix_ms DESC, k.id DESC LIMIT 30";

static int load_failures(struct db *db, struct front_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, failures_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		page->failures = mem_grow(
			page->failures, page->failure_count + 1, sizeof(*page->failures));
		page->failures[page->failure_count++] = (struct front_failure){
			.oid = query_text_dup(query, 0),
			.subject = query_text_dup(query, 1),
			.failure = failure_from_name(query_text(query, 2)),
			.symptom = symptom_from_name(query_text(query, 3)),
			.reason = query_text_dup(query, 4),
			.updated_unix_ms = query_int(query, 5),
			.branch = query_text_dup(query, 6),
		};
		page->failures_in_all = (size_t)query_int(query, 7);
	}
	return r;
}

/* A branch may be several refs: the newest look counts, and it is gone when all are. */
static const char queues_sql[] =
	"SELECT b.name, sum(j.state IS NOT NULL AND p.place IS NULL), "
	"sum(j.state IS NOT NULL AND j.state IN ('fetch', 'build')), "
	"sum(j.state IS NOT NULL AND j.state IN ('queued', 'ready')), min(p.place), "
	"max(r.problem), min(b.gone), (SELECT paused FROM service), max(r.polled_unix_ms) "
	"FROM branches b LEFT JOIN jobs j ON j.branch_id = b.id AND j.state <> 'ended' "
	"LEFT JOIN jobs_waiting p ON p.id = j.id LEFT JOIN repositories r ON r.url = "
	"b.repository "
	"GROUP BY b.name ORDER BY b.name";

static int load_queues(struct db *db, struct front_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, queues_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		page->queues =
			mem_grow(page->queues, page->queue_count + 1, sizeof(*page->queues));
		page->queues[page->queue_count++] = (struct front_queue){
			.branch = query_text_dup(query, 0),
			.running = (size_t)query_int(query, 1),
			.building = (size_t)query_int(query, 2),
			.waiting = (size_t)query_int(query, 3),
			.place = (size_t)query_int(query, 4),
			.problem = query_text_dup(query, 5),
			.is_gone = query_int(query, 6) != 0,
			.is_paused = query_int(query, 7) != 0,
			.looked_unix_ms = query_int(query, 8),
		};
	}
	return r;
}

static int load_trust(struct db *db, struct front_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT coalesce(sum(aa), 0), coalesce(sum(aa AND flagged > 0), 0) "
		"FROM host_checks",
		&query, err);

	if (r < 0)
		return r;
	r = query_step(query, err);
	if (r <= 0)
		return r;
	page->aa_runs = (size_t)query_int(query, 0);
	page->aa_alerts = (size_t)query_int(query, 1);
	return 0;
}

int front_load(struct db *db, struct front_page *page, struct err *err)
{
	int r = load_hosts(db, page, err);

	if (r == 0)
		r = load_failures(db, page, err);
	if (r == 0)
		r = load_queues(db, page, err);
	return r < 0 ? r : load_trust(db, page, err);
}
