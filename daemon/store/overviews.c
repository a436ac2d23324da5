/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/overviews.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void jobs_clear(struct overview_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		job_clear(&jobs[i].job);
		free(jobs[i].base);
		free(jobs[i].fresh);
		free(jobs[i].subject);
		free(jobs[i].host);
		free(jobs[i].progress);
		free(jobs[i].sentence);
	}
	free(jobs);
}

void overview_clear(struct overview *overview)
{
	for (size_t i = 0; i < overview->host_count; i++) {
		free(overview->hosts[i].name);
		free(overview->hosts[i].driver);
		free(overview->hosts[i].health);
		free(overview->hosts[i].reason);
	}
	free(overview->hosts);
	jobs_clear(overview->open, overview->open_count);
	jobs_clear(overview->ended, overview->ended_count);
	free(overview->state);
	memset(overview, 0, sizeof(*overview));
}

static const char hosts_sql[] =
	"SELECT h.name, h.driver, h.health, h.health_reason, l.job_id "
	"FROM hosts h LEFT JOIN leases l ON l.host_id = h.id ORDER BY h.name";

static int load_hosts(struct db *db, struct overview *overview, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, hosts_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		overview->hosts = mem_grow(
			overview->hosts, overview->host_count + 1, sizeof(*overview->hosts));
		overview->hosts[overview->host_count++] = (struct overview_host){
			.name = query_text_dup(query, 0),
			.driver = query_text_dup(query, 1),
			.health = query_text_dup(query, 2),
			.reason = query_text_dup(query, 3),
			.lease_job = query_int(query, 4),
		};
	}
	return r;
}

/*
 * Everything of a job. The condition of each statement below says which, and in
 * which order.
 */
#define JOBS                                                                                  \
	"SELECT j.id, j.kind, j.state, j.outcome, j.failure, j.symptom, j.reason, j.wish, "   \
	"j.priority, j.origin, j.plan, j.wanted_host, j.attempts, j.not_before_unix_ms, "     \
	"j.created_unix_ms, j.updated_unix_ms, j.comparison_id, b.oid, n.oid, n.subject, "    \
	"h.name, c.boots_wanted, "                                                            \
	"(SELECT count(*) FROM boots WHERE comparison_id = c.id AND state = 'done'), "        \
	"(SELECT max(unix_ms) FROM job_steps WHERE job_id = j.id), c.kind, j.commit_time_s, " \
	"j.repository, j.parent_job "                                                         \
	"FROM jobs j LEFT JOIN commits b ON b.id = j.base_commit "                            \
	"LEFT JOIN commits n ON n.id = j.new_commit LEFT JOIN hosts h ON h.id = j.host_id "   \
	"LEFT JOIN comparisons c ON c.id = j.comparison_id "

#define WAITS "j.state IN ('queued', 'ready')"

static struct overview_job read_job(struct query *query)
{
	return (struct overview_job){
		.job =
			{
				.id = query_int(query, 0),
				.kind = job_kind_from_name(query_text(query, 1)),
				.state = job_state_from_name(query_text(query, 2)),
				.outcome = job_outcome_from_name(query_text(query, 3)),
				.failure = failure_from_name(query_text(query, 4)),
				.symptom = symptom_from_name(query_text(query, 5)),
				.reason = query_text_dup(query, 6),
				.wish = job_wish_from_name(query_text(query, 7)),
				.priority = (int)query_int(query, 8),
				.origin = query_text_dup(query, 9),
				.plan = query_text_dup(query, 10),
				.wanted_host = query_text_dup(query, 11),
				.attempts = (int)query_int(query, 12),
				.not_before_unix_ms = query_int(query, 13),
				.created_unix_ms = query_int(query, 14),
				.updated_unix_ms = query_int(query, 15),
				.comparison_id = query_int(query, 16),
				.commit_time_s = query_int(query, 25),
				.repository = query_text_dup(query, 26),
				.parent_job = query_int(query, 27),
			},
		.base = query_text_dup(query, 17),
		.fresh = query_text_dup(query, 18),
		.subject = query_text_dup(query, 19),
		.host = query_text_dup(query, 20),
		.boots_wanted = 2 * (int)query_int(query, 21),
		.boots_done = (int)query_int(query, 22),
		.since_unix_ms = query_int(query, 23),
	};
}

static int load_jobs(struct db *db, const char *sql, int limit, struct overview_job **jobs,
	size_t *count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":limit", limit);
	while ((r = query_step(query, err)) > 0) {
		*jobs = mem_grow(*jobs, *count + 1, sizeof(**jobs));
		(*jobs)[(*count)++] = read_job(query);
	}
	return r;
}

static int count_jobs(struct db *db, struct overview *overview, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT coalesce(sum(" WAITS "), 0), coalesce(sum(NOT " WAITS
		"), 0), "
		"(SELECT paused FROM service) FROM jobs j WHERE j.state <> 'ended'",
		&query, err);

	if (r == 0)
		r = query_step(query, err);
	if (r < 0)
		return r;
	overview->waiting = (size_t)query_int(query, 0);
	overview->at_work = (size_t)query_int(query, 1);
	overview->is_paused = query_int(query, 2) != 0;
	return 0;
}

static const char open_sql[] = JOBS "WHERE j.state <> 'ended' ORDER BY " WAITS
				    ", "
				    "j.state <> 'ready' AND " WAITS
				    ", j.priority DESC, "
				    "j.commit_time_s DESC, j.id LIMIT :limit";

static const char ended_sql[] =
	JOBS "WHERE j.state = 'ended' ORDER BY j.change DESC LIMIT :limit";

int overview_load(
	struct db *db, int limit, int ended_limit, struct overview *ret, struct err *err)
{
	struct overview overview = {0};
	int r = load_hosts(db, &overview, err);

	if (r == 0)
		r = count_jobs(db, &overview, err);
	if (r == 0)
		r = load_jobs(db, open_sql, limit, &overview.open, &overview.open_count, err);
	if (r == 0)
		r = load_jobs(db, ended_sql, ended_limit, &overview.ended,
			&overview.ended_count, err);
	if (r < 0)
		overview_clear(&overview);
	else
		*ret = overview;
	return r;
}

int overview_load_job(struct db *db, int64_t id, struct overview_job *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, JOBS "WHERE j.id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no job %lld; kvmperf status shows them",
			(long long)id);
	if (r < 0)
		return r;
	*ret = read_job(query);
	return 0;
}

int overview_count_before(struct db *db, const struct job *job, int *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int64_t count;
	int r = query_open(db,
		"SELECT count(*) FROM jobs WHERE state = :state AND wish = '' AND "
		"(-priority, -commit_time_s, id) < (-:priority, -:time, :id)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":state", job_state_name(job->state));
	query_bind_int(query, ":priority", job->priority);
	query_bind_int(query, ":time", job->commit_time_s);
	query_bind_int(query, ":id", job->id);
	r = query_run_id(query, &count, err);
	*ret = (int)count;
	return r;
}
