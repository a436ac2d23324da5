/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/moves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One change of a job, as every statement below binds it. */
struct move {
	int64_t id;
	enum job_state from, to;
	const char *text; /* for the story; NULL: nothing is told */
	int64_t now_unix_ms;
};

#define CHANGED "updated_unix_ms = :now, change = (SELECT max(change) + 1 FROM jobs)"

/* Opens a statement that changes one job, with what all of them bind. */
static int open_move(struct db *db, const char *sql, const struct move *move,
	struct query **ret, struct err *err)
{
	int r = query_open(db, sql, ret, err);

	if (r < 0)
		return r;
	query_bind_int(*ret, ":id", move->id);
	query_bind_int(*ret, ":now", move->now_unix_ms);
	query_bind_text(*ret, ":from", job_state_name(move->from));
	return 0;
}

static const char story_sql[] =
	"INSERT INTO job_steps (job_id, unix_ms, state, text) "
	"VALUES (:id, :now, :state, :text)";

static int tell(struct db *db, const struct move *move, struct err *err)
{
	auto_query struct query *query = NULL;
	int r;

	if (!move->text)
		return 0;
	r = query_open(db, story_sql, &query, err);
	if (r < 0)
		return r;
	query_bind_int(query, ":id", move->id);
	query_bind_int(query, ":now", move->now_unix_ms);
	query_bind_text(query, ":state", job_state_name(move->to));
	query_bind_text(query, ":text", move->text);
	return query_run(query, err);
}

/* Runs it, and tells the story when the job was where it was believed to be. */
static int run_move(
	struct db *db, struct query *query, const struct move *move, struct err *err)
{
	int r = query_run(query, err);

	if (r == 0 && db_changes(db) != 1)
		return err_set(err, -ESTALE, "job %lld is not in state %s any more",
			(long long)move->id, job_state_name(move->from));
	return r < 0 ? r : tell(db, move, err);
}

/* ---- plain moves ---- */

static const char move_sql[] =
	"UPDATE jobs SET state = :to, not_before_unix_ms = 0, "
	"boot_row = CASE WHEN :to = 'boot' THEN NULL ELSE boot_row END, "
	"attempts = CASE WHEN :to IN ('trial', 'restore') THEN attempts ELSE 0 END, " CHANGED
	" WHERE id = :id AND state = :from";

static int move_row(struct db *db, const struct move *move, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_move(db, move_sql, move, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":to", job_state_name(move->to));
	return run_move(db, query, move, err);
}

int job_move(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, from, to, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = move_row(db, &move, err);
	return db_part_end(&part, r, err);
}

static const char postpone_sql[] =
	"UPDATE jobs SET state = :to, attempts = attempts + 1, not_before_unix_ms = "
	":until, " CHANGED " WHERE id = :id AND state = :from";

static int postpone_row(
	struct db *db, const struct move *move, int64_t not_before_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_move(db, postpone_sql, move, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":to", job_state_name(move->to));
	query_bind_int(query, ":until", not_before_unix_ms);
	return run_move(db, query, move, err);
}

int job_postpone(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t not_before_unix_ms, int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, from, to, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = postpone_row(db, &move, not_before_unix_ms, err);
	return db_part_end(&part, r, err);
}

/* ---- hosts ---- */

static int take_lease(struct db *db, const struct move *move, int64_t host_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"INSERT INTO leases (host_id, job_id, taken_unix_ms) VALUES (:host, :id, :now)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":host", host_id);
	query_bind_int(query, ":id", move->id);
	query_bind_int(query, ":now", move->now_unix_ms);
	r = query_run(query, err);
	return r == -EEXIST ? err_set(err, -EBUSY, "host %lld is another job's already",
				      (long long)host_id)
			    : r;
}

static int end_session(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE sessions SET ended_unix_ms = :now WHERE ended_unix_ms IS NULL "
		"AND comparison_id = (SELECT comparison_id FROM jobs WHERE id = :id)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}

/* The host is free, and its lab session has ended. */
static int release_lease(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "DELETE FROM leases WHERE job_id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_run(query, err);
	return r < 0 ? r : end_session(db, id, now_unix_ms, err);
}

static int set_host(struct db *db, int64_t id, int64_t host_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE jobs SET host_id = :host "
		"WHERE id = :id AND (host_id IS NULL OR host_id = :host)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":host", host_id);
	r = query_run(query, err);
	if (r == 0 && db_changes(db) != 1)
		return err_set(
			err, -EINVAL, "job %lld was begun on another host", (long long)id);
	return r;
}

int job_take_host(struct db *db, int64_t id, int64_t host_id, const char *text,
	int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, JOB_READY, JOB_BOOT, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = move_row(db, &move, err);
	if (r == 0)
		r = set_host(db, id, host_id, err);
	if (r == 0)
		r = take_lease(db, &move, host_id, err);
	return db_part_end(&part, r, err);
}

int job_yield_host(struct db *db, int64_t id, enum job_state from, enum job_state to,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, from, to, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = move_row(db, &move, err);
	if (r == 0)
		r = release_lease(db, id, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

/* What a job that has no good boot gives up; in this order. */
static const char *const unbind_sql[] = {
	"UPDATE comparisons SET state = 'failed', failure = 'host', reason = :text, "
	"updated_unix_ms = :now WHERE state = 'running' AND id = "
	"(SELECT comparison_id FROM jobs WHERE id = :id) AND NOT EXISTS "
	"(SELECT 1 FROM boots b WHERE b.comparison_id = comparisons.id AND b.state = 'done')",
	"UPDATE jobs SET host_id = NULL, comparison_id = NULL, boot_row = NULL, " CHANGED
	" WHERE id = :id AND :text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comparisons c "
	"WHERE c.id = jobs.comparison_id AND c.state = 'running')",
};

static int unbind(struct db *db, const struct move *move, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(unbind_sql) && r == 0; i++) {
		auto_query struct query *query = NULL;

		r = query_open(db, unbind_sql[i], &query, err);
		if (r < 0)
			return r;
		query_bind_int(query, ":id", move->id);
		query_bind_int(query, ":now", move->now_unix_ms);
		query_bind_text(query, ":text", move->text);
		r = query_run(query, err);
	}
	return r;
}

int job_lose_host(struct db *db, int64_t id, enum job_state from, const char *text,
	int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, from, JOB_READY, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = job_yield_host(db, id, from, JOB_READY, text, now_unix_ms, err);
	if (r == 0)
		r = unbind(db, &move, err);
	return db_part_end(&part, r, err);
}

int leases_load(struct db *db, struct lease **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free struct lease *leases = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT host_id, job_id, taken_unix_ms FROM leases ORDER BY host_id", &query,
		err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		leases = mem_grow(leases, count + 1, sizeof(*leases));
		leases[count++] = (struct lease){
			query_int(query, 0), query_int(query, 1), query_int(query, 2)};
	}
	if (r < 0)
		return r;
	*ret = take_ptr(leases);
	*ret_count = count;
	return 0;
}

/* ---- the end, and a new beginning ---- */

static const char end_sql[] =
	"UPDATE jobs SET state = 'ended', outcome = :outcome, failure = :failure, "
	"symptom = :symptom, reason = :reason, wish = '', not_before_unix_ms = 0, " CHANGED
	" WHERE id = :id AND state = :from AND state <> 'ended'";

static int end_row(
	struct db *db, const struct move *move, const struct job_end *end, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_move(db, end_sql, move, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":outcome", job_outcome_name(end->outcome));
	query_bind_text(query, ":failure", failure_name(end->failure));
	query_bind_text(query, ":symptom", symptom_name(end->symptom));
	query_bind_text(query, ":reason", end->reason);
	return run_move(db, query, move, err);
}

int job_end(struct db *db, int64_t id, enum job_state from, const struct job_end *end,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, from, JOB_ENDED, text, now_unix_ms};
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = end_row(db, &move, end, err);
	if (r == 0)
		r = release_lease(db, id, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

int job_blame(struct db *db, int64_t id, enum failure failure, enum symptom symptom,
	const char *reason, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE jobs SET failure = :failure, symptom = :symptom, reason = :reason, "
		"change = (SELECT max(change) + 1 FROM jobs) "
		"WHERE id = :id AND state <> 'ended'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":failure", failure_name(failure));
	query_bind_text(query, ":symptom", symptom_name(symptom));
	query_bind_text(query, ":reason", reason);
	return query_run(query, err);
}

static const char retry_sql[] =
	"UPDATE jobs SET state = 'queued', outcome = '', failure = 'none', symptom = 'none', "
	"reason = NULL, wish = '', host_id = NULL, comparison_id = NULL, boot_row = NULL, "
	"attempts = 0, not_before_unix_ms = 0, " CHANGED " WHERE id = :id AND state = :from";

int job_retry(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err)
{
	struct move move = {id, JOB_ENDED, JOB_QUEUED, "asked to try again", now_unix_ms};
	auto_query struct query *query = NULL;
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = open_move(db, retry_sql, &move, &query, err);
	if (r == 0)
		r = run_move(db, query, &move, err);
	if (r == -ESTALE)
		r = err_set(err, -EINVAL, "job %lld has not ended", (long long)id);
	query_close(take_ptr(query)); /* before the transaction ends */
	return db_part_end(&part, r, err);
}

static int set_row(struct db *db, const char *sql, int64_t id, int64_t row, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":row", row);
	r = query_run(query, err);
	if (r == 0 && db_changes(db) != 1)
		return err_set(err, -ESTALE, "there is no job %lld", (long long)id);
	return r;
}

int job_set_comparison(struct db *db, int64_t id, int64_t comparison_id, struct err *err)
{
	return set_row(db, "UPDATE jobs SET comparison_id = :row WHERE id = :id", id,
		comparison_id, err);
}

int job_set_boot(struct db *db, int64_t id, int64_t boot_row, struct err *err)
{
	return set_row(db, "UPDATE jobs SET boot_row = :row WHERE id = :id", id, boot_row, err);
}
