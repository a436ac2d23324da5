/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/jobs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- adding ---- */

static const char add_sql[] =
	"INSERT INTO jobs (kind, state, priority, commit_time_s, origin, parent_job, "
	"branch_id, branch, "
	"repository, base_commit, new_commit, plan, kernel_config, boots, wanted_host, "
	"created_unix_ms, updated_unix_ms, change) "
	"SELECT :kind, 'queued', :priority, "
	"coalesce((SELECT commit_time_s FROM commits WHERE id = :new), 0), :origin, :parent, "
	":branch, :branch_name, :repository, :base, :new, :plan, :config, :boots, :host, :now, "
	":now, "
	"(SELECT coalesce(max(change), 0) + 1 FROM jobs) RETURNING id";

/* Row 0 is none. */
static void bind_row(struct query *query, const char *name, int64_t row)
{
	if (row)
		query_bind_int(query, name, row);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int insert(struct db *db, struct job *job, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, add_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":kind", job_kind_name(job->kind));
	query_bind_int(query, ":priority", job->priority);
	query_bind_text(query, ":origin", or_empty(job->origin));
	bind_row(query, ":parent", job->parent_job);
	bind_row(query, ":branch", job->branch_id);
	query_bind_text(query, ":branch_name", or_empty(job->branch));
	query_bind_text(query, ":repository", or_empty(job->repository));
	bind_row(query, ":base", job->base_commit);
	bind_row(query, ":new", job->new_commit);
	query_bind_text(query, ":plan", or_empty(job->plan));
	query_bind_text(query, ":config", or_empty(job->kernel_config));
	query_bind_int(query, ":boots", job->boots);
	query_bind_text(query, ":host", or_empty(job->wanted_host));
	query_bind_int(query, ":now", now_unix_ms);
	return query_run_id(query, &job->id, err);
}

static const char tell_sql[] =
	"INSERT INTO job_steps (job_id, unix_ms, state, text) "
	"SELECT id, :now, state, :text FROM jobs WHERE id = :id";

int job_tell(struct db *db, int64_t id, const char *text, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, tell_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_text(query, ":text", text);
	return query_run(query, err);
}

int job_add(
	struct db *db, struct job *job, const char *text, int64_t now_unix_ms, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = insert(db, job, now_unix_ms, err);
	if (r == 0)
		r = job_tell(db, job->id, text, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

/* ---- reading ---- */

#define COLUMNS                                                                               \
	"id, kind, state, outcome, failure, symptom, reason, wish, priority, commit_time_s, " \
	"origin, parent_job, branch_id, repository, base_commit, new_commit, plan, "          \
	"kernel_config, boots, wanted_host, host_id, comparison_id, boot_row, attempts, "     \
	"not_before_unix_ms, created_unix_ms, updated_unix_ms, change, "                      \
	"(SELECT c.oid FROM commits c WHERE c.id = new_commit), branch"

static struct job read_row(struct query *query)
{
	return (struct job){
		.id = query_int(query, 0),
		.kind = job_kind_from_name(query_text(query, 1)),
		.state = job_state_from_name(query_text(query, 2)),
		.outcome = job_outcome_from_name(query_text(query, 3)),
		.failure = failure_from_name(query_text(query, 4)),
		.symptom = symptom_from_name(query_text(query, 5)),
		.reason = query_text_dup(query, 6),
		.wish = job_wish_from_name(query_text(query, 7)),
		.priority = (int)query_int(query, 8),
		.commit_time_s = query_int(query, 9),
		.origin = query_text_dup(query, 10),
		.parent_job = query_int(query, 11),
		.branch_id = query_int(query, 12),
		.repository = query_text_dup(query, 13),
		.base_commit = query_int(query, 14),
		.new_commit = query_int(query, 15),
		.plan = query_text_dup(query, 16),
		.kernel_config = query_text_dup(query, 17),
		.boots = (int)query_int(query, 18),
		.wanted_host = query_text_dup(query, 19),
		.host_id = query_int(query, 20),
		.comparison_id = query_int(query, 21),
		.boot_row = query_int(query, 22),
		.attempts = (int)query_int(query, 23),
		.not_before_unix_ms = query_int(query, 24),
		.created_unix_ms = query_int(query, 25),
		.updated_unix_ms = query_int(query, 26),
		.change = query_int(query, 27),
		.kernel = query_text_dup(query, 28),
		.branch = query_text_dup(query, 29),
	};
}

int job_load(struct db *db, int64_t id, struct job *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT " COLUMNS " FROM jobs WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no job %lld", (long long)id);
	if (r < 0)
		return r;
	*ret = read_row(query);
	return 0;
}

static const char same_sql[] =
	"SELECT id FROM jobs WHERE new_commit IS :new AND base_commit IS :base "
	"AND kind = :kind AND plan = :plan AND kernel_config = :config AND wanted_host = :host "
	"ORDER BY id DESC LIMIT 1";

int job_find_same(struct db *db, const struct job *job, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, same_sql, &query, err);

	if (r < 0)
		return r;
	bind_row(query, ":new", job->new_commit);
	bind_row(query, ":base", job->base_commit);
	query_bind_text(query, ":kind", job_kind_name(job->kind));
	query_bind_text(query, ":plan", or_empty(job->plan));
	query_bind_text(query, ":config", or_empty(job->kernel_config));
	query_bind_text(query, ":host", or_empty(job->wanted_host));
	r = query_step(query, err);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

void jobs_free(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		job_clear(&jobs[i]);
	free(jobs);
}

static int read_rows(struct query *query, struct job **ret, size_t *ret_count, struct err *err)
{
	struct job *jobs = NULL;
	size_t count = 0, room = 0;
	int r;

	while ((r = query_step(query, err)) > 0) {
		if (count == room) {
			room = room ? 2 * room : 16;
			jobs = mem_grow(jobs, room, sizeof(*jobs));
		}
		jobs[count++] = read_row(query);
	}
	if (r < 0) {
		jobs_free(jobs, count);
		return r;
	}
	*ret = jobs;
	*ret_count = count;
	return 0;
}

static const char *const list_sql[] = {
	[JOBS_OPEN] = "SELECT " COLUMNS
		      " FROM jobs WHERE state <> 'ended' "
		      "ORDER BY priority DESC, commit_time_s DESC, id LIMIT :limit",
	[JOBS_ALL] = "SELECT " COLUMNS " FROM jobs ORDER BY id DESC LIMIT :limit",
	[JOBS_ENDED] = "SELECT " COLUMNS
		       " FROM jobs WHERE state = 'ended' "
		       "ORDER BY change DESC LIMIT :limit",
};

int jobs_list(struct db *db, enum job_filter filter, int limit, struct job **ret,
	size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, list_sql[filter], &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":limit", limit);
	return read_rows(query, ret, ret_count, err);
}

int jobs_changed(
	struct db *db, int64_t seen, struct job **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT " COLUMNS
		" FROM jobs WHERE change > :seen "
		"AND (:seen > 0 OR state <> 'ended') ORDER BY change",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":seen", seen);
	return read_rows(query, ret, ret_count, err);
}

/* ---- the story ---- */

void job_story_free(struct job_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(steps[i].text);
	free(steps);
}

int job_story(
	struct db *db, int64_t id, struct job_step **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct job_step *steps = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT unix_ms, state, text FROM job_steps WHERE job_id = :id ORDER BY id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0) {
		steps = mem_grow(steps, count + 1, sizeof(*steps));
		steps[count++] = (struct job_step){
			.unix_ms = query_int(query, 0),
			.state = job_state_from_name(query_text(query, 1)),
			.text = query_text_dup(query, 2),
		};
	}
	if (r < 0) {
		job_story_free(steps, count);
		return r;
	}
	*ret = steps;
	*ret_count = count;
	return 0;
}

/* ---- wishes ---- */

/* Who would cancel a job that nobody works on need not wait for the service. */
static const char cancel_sql[] =
	"UPDATE jobs SET state = 'ended', outcome = 'cancelled', wish = '', "
	"reason = 'cancelled before it began', updated_unix_ms = :now, "
	"change = (SELECT max(change) + 1 FROM jobs) WHERE id = :id AND state = 'queued'";

static const char wish_sql[] =
	"UPDATE jobs SET wish = :wish, updated_unix_ms = :now, "
	"change = (SELECT max(change) + 1 FROM jobs) WHERE id = :id AND state <> 'ended'";

static int set_wish(struct db *db, const char *sql, int64_t id, enum job_wish wish,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	if (sql == wish_sql)
		query_bind_text(query, ":wish", job_wish_name(wish));
	r = query_run(query, err);
	return r < 0 ? r : (int)db_changes(db);
}

static int wish(
	struct db *db, int64_t id, enum job_wish wish, int64_t now_unix_ms, struct err *err)
{
	static const char *const texts[JOB_WISH_COUNT] = {
		[JOB_WISH_NONE] = "asked to go on",
		[JOB_WISH_PAUSE] = "asked to pause",
		[JOB_WISH_CANCEL] = "asked to end",
	};
	int r = 0;

	if (wish == JOB_WISH_CANCEL)
		r = set_wish(db, cancel_sql, id, wish, now_unix_ms, err);
	if (r == 0)
		r = set_wish(db, wish_sql, id, wish, now_unix_ms, err);
	if (r == 0)
		return err_set(err, -EINVAL, "job %lld has ended", (long long)id);
	return r < 0 ? r : job_tell(db, id, texts[wish], now_unix_ms, err);
}

int job_wish_set(
	struct db *db, int64_t id, enum job_wish what, int64_t now_unix_ms, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = wish(db, id, what, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

int service_is_paused(struct db *db, bool *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT paused FROM service", &query, err);

	if (r == 0)
		r = query_step(query, err);
	if (r < 0)
		return r;
	*ret = query_int(query, 0) != 0;
	return 0;
}

int service_pause(struct db *db, bool paused, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "UPDATE service SET paused = :paused", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":paused", paused);
	return query_run(query, err);
}
