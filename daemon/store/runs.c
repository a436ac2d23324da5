/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/runs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/comparison.h"

static const char host_insert_sql[] =
	"INSERT INTO hosts (name, driver, emulated) VALUES (:name, :driver, :emulated) "
	"ON CONFLICT (name) DO UPDATE SET driver = excluded.driver, emulated = "
	"excluded.emulated "
	"RETURNING id";

int host_store(struct db *db, const struct host_spec *spec, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, host_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", spec->name);
	query_bind_text(query, ":driver", host_driver_name(spec->driver));
	query_bind_int(query, ":emulated", host_is_emulated(spec));
	return query_run_id(query, ret_id, err);
}

static const char plan_insert_sql[] =
	"INSERT INTO plans (hash, name, text) VALUES (:hash, :name, :text) "
	"ON CONFLICT (hash) DO UPDATE SET name = excluded.name RETURNING id";

int plan_store(struct db *db, const struct plan *plan, const char *text, int64_t *ret_id,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, plan_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":hash", plan->hash);
	query_bind_text(query, ":name", plan->name);
	query_bind_text(query, ":text", text);
	return query_run_id(query, ret_id, err);
}

void run_clear(struct run *run)
{
	free(run->branch);
	memset(run, 0, sizeof(*run));
}

static const char *kind_of(const struct run *run)
{
	return run->kind ? run->kind : run->confirm ? "confirm" : "fixed";
}

static void bind_subject(struct query *query, const struct run *run)
{
	query_bind_int(query, ":host", run->host_id);
	query_bind_int(query, ":plan", run->plan_id);
	query_bind_int(query, ":base", run->base_commit);
	query_bind_int(query, ":new", run->new_commit);
	query_bind_text(query, ":recipe", run->recipe);
	query_bind_int(query, ":confirm", run->confirm);
	query_bind_text(query, ":kind", kind_of(run));
}

/* Runs a change of one run's state, which compares first. */
static int change(struct db *db, struct query *query, const struct run *run, const char *to,
	struct err *err)
{
	int r = query_run(query, err);

	if (r == 0 && db_changes(db) != 1)
		return err_set(err, -ESTALE,
			"comparison %lld cannot %s: it has changed meanwhile",
			(long long)run->id, to);
	return r;
}

static const char run_find_sql[] =
	"SELECT id, test_id, boots_wanted, state FROM comparisons "
	"WHERE host_id = :host AND plan_id = :plan AND base_commit = :base "
	"AND new_commit = :new AND recipe = :recipe AND confirm = :confirm AND kind = :kind "
	"AND coalesce(screen_id, 0) = :screen "
	"ORDER BY id DESC LIMIT 1";

int run_find(struct db *db, struct run *run, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, run_find_sql, &query, err);

	if (r < 0)
		return r;
	bind_subject(query, run);
	query_bind_int(query, ":screen", run->screen_id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	run->id = query_int(query, 0);
	run->test_id = query_int(query, 1);
	run->boots_wanted = (int)query_int(query, 2);
	run->done = strcmp(query_text(query, 3), "done") == 0;
	run->failed = strcmp(query_text(query, 3), "failed") == 0;
	return 1;
}

static const char run_insert_sql[] =
	"INSERT INTO comparisons (host_id, plan_id, base_commit, new_commit, recipe, branch, "
	"boots_wanted, confirm, kind, screen_id, state, created_unix_ms, updated_unix_ms) "
	"VALUES (:host, :plan, :base, :new, :recipe, :branch, :boots, :confirm, :kind, "
	":screen, 'running', :now, :now) RETURNING id";

int run_start(struct db *db, struct run *run, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, run_insert_sql, &query, err);

	if (r < 0)
		return r;
	bind_subject(query, run);
	query_bind_text(query, ":branch", run->branch);
	query_bind_int(query, ":boots", run->boots_wanted);
	if (run->screen_id)
		query_bind_int(query, ":screen", run->screen_id);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run_id(query, &run->id, err);
}

static const char run_load_sql[] =
	"SELECT host_id, plan_id, base_commit, new_commit, test_id, recipe, branch, "
	"boots_wanted, confirm, screen_id, state, kind FROM comparisons WHERE id = :id";

int run_load(struct db *db, int64_t id, struct run *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, run_load_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct run){
		.id = id,
		.host_id = query_int(query, 0),
		.plan_id = query_int(query, 1),
		.base_commit = query_int(query, 2),
		.new_commit = query_int(query, 3),
		.test_id = query_int(query, 4),
		.branch = query_text_dup(query, 6),
		.boots_wanted = (int)query_int(query, 7),
		.confirm = query_int(query, 8) != 0,
		.kind = comparison_kind_name(comparison_kind_from_name(query_text(query, 11))),
		.screen_id = query_int(query, 9),
		.done = strcmp(query_text(query, 10), "done") == 0,
		.failed = strcmp(query_text(query, 10), "failed") == 0,
	};
	snprintf(ret->recipe, sizeof(ret->recipe), "%s", query_text(query, 5));
	return 1;
}

int run_pin_test(struct db *db, struct run *run, int64_t test_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE comparisons SET test_id = :test WHERE id = :id AND test_id IS NULL",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":test", test_id);
	query_bind_int(query, ":id", run->id);
	r = change(db, query, run, "take a test binary", err);
	if (r == 0)
		run->test_id = test_id;
	return r;
}

int run_extend(
	struct db *db, struct run *run, int boots_wanted, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE comparisons SET state = 'running', boots_wanted = :boots, "
		"failure = 'none', symptom = 'none', reason = NULL, updated_unix_ms = :now "
		"WHERE id = :id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boots", boots_wanted);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", run->id);
	r = change(db, query, run, "go on", err);
	if (r < 0)
		return r;
	run->boots_wanted = boots_wanted;
	run->done = run->failed = false;
	return 0;
}

int run_end(struct db *db, struct run *run, enum failure failure, enum symptom symptom,
	const char *reason, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE comparisons SET state = :state, failure = :failure, symptom = "
		":symptom, "
		"reason = :reason, updated_unix_ms = :now WHERE id = :id AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":state", failure == FAILURE_NONE ? "done" : "failed");
	query_bind_text(query, ":failure", failure_name(failure));
	query_bind_text(query, ":symptom", symptom_name(symptom));
	query_bind_text(query, ":reason", reason);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", run->id);
	r = change(db, query, run, "end", err);
	if (r < 0)
		return r;
	run->done = failure == FAILURE_NONE;
	run->failed = !run->done;
	return 0;
}

int session_start(
	struct db *db, int64_t run_id, int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"INSERT INTO sessions (comparison_id, started_unix_ms) VALUES (:run, :now) "
		"RETURNING id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run_id(query, ret_id, err);
}

int session_find_open(struct db *db, int64_t run_id, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT id FROM sessions WHERE comparison_id = :run AND ended_unix_ms IS NULL "
		"ORDER BY id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":run", run_id);
	r = query_step(query, err);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

int session_end(struct db *db, int64_t session_id, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "UPDATE sessions SET ended_unix_ms = :now WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", session_id);
	return query_run(query, err);
}
