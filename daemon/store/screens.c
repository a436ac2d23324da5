/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/screens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void cell_names_free(struct cell_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(names[i].scenario);
		free(names[i].mode);
		free(names[i].metric);
	}
	free(names);
}

static int end_transaction(struct db *db, int r, struct err *err)
{
	if (r == 0)
		r = db_commit(db, err);
	if (r < 0)
		db_rollback(db);
	return r;
}

static void bind_cell(struct query *query, int64_t id, const struct cell_name *name)
{
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":scenario", name->scenario);
	query_bind_text(query, ":mode", name->mode);
	query_bind_text(query, ":metric", name->metric);
}

/* Runs a statement once for each cell. */
static int run_for_cells(struct db *db, const char *sql, int64_t id,
	const struct cell_name *names, size_t count, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		bind_cell(query, id, &names[i]);
		r = query_run(query, err);
	}
	return r;
}

/* --- the answer of a screen --- */

static const char *answer_name(enum screen_step step)
{
	switch (step) {
	case SCREEN_COLLECT:
		return "collect";
	case SCREEN_QUIET:
		return "quiet";
	case SCREEN_CONFIRM:
		return "confirm";
	case SCREEN_MEASURE:
		break;
	}
	return NULL;
}

/* 1 when a confirm has begun on this screen's answer. */
static int has_confirm(struct db *db, int64_t screen_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "SELECT 1 FROM comparisons WHERE screen_id = :id LIMIT 1", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", screen_id);
	return query_step(query, err);
}

static const char answer_sql[] =
	"INSERT INTO screens (comparison_id, answer, triggers, judged_unix_ms) "
	"VALUES (:id, :answer, :triggers, :now) ON CONFLICT (comparison_id) DO UPDATE SET "
	"answer = excluded.answer, triggers = excluded.triggers, "
	"judged_unix_ms = excluded.judged_unix_ms";

static int store_answer(struct db *db, int64_t id, const struct screen_answer *answer,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, answer_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_text(query, ":answer", answer_name(answer->step));
	query_bind_int(query, ":triggers", (int64_t)answer->triggers);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}

static int forget_family(struct db *db, int64_t screen_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "DELETE FROM families WHERE screen_id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", screen_id);
	return query_run(query, err);
}

int screen_store(struct db *db, int64_t comparison_id, const struct screen_answer *answer,
	const struct cell_name *family, size_t count, int64_t now_unix_ms, struct err *err)
{
	int r;

	if (!answer_name(answer->step))
		return err_set(err, -EINVAL, "screen %lld has no answer yet: it wants boots %s",
			(long long)comparison_id, answer->order);
	r = db_begin(db, err);
	if (r < 0)
		return r;
	r = has_confirm(db, comparison_id, err);
	if (r > 0) {
		db_rollback(db);
		return 0;
	}
	if (r == 0)
		r = store_answer(db, comparison_id, answer, now_unix_ms, err);
	if (r == 0)
		r = forget_family(db, comparison_id, err);
	if (r == 0)
		r = run_for_cells(db,
			"INSERT INTO families (screen_id, scenario, mode, metric) "
			"VALUES (:id, :scenario, :mode, :metric)",
			comparison_id, family, count, err);
	return end_transaction(db, r, err);
}

/* --- the confirm that follows --- */

int family_load(struct db *db, int64_t screen_id, struct cell_name **ret, size_t *ret_count,
	struct err *err)
{
	auto_query struct query *query = NULL;
	struct cell_name *names = NULL;
	size_t count = 0;
	int r = query_open(db,
		"SELECT scenario, mode, metric FROM families WHERE screen_id = :id", &query,
		err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", screen_id);
	while ((r = query_step(query, err)) > 0) {
		names = mem_grow(names, count + 1, sizeof(*names));
		names[count++] = (struct cell_name){query_text_dup(query, 0),
			query_text_dup(query, 1), query_text_dup(query, 2)};
	}
	if (r < 0) {
		cell_names_free(names, count);
		return r;
	}
	*ret = names;
	*ret_count = count;
	return 0;
}

static const char sequel_sql[] =
	"SELECT (SELECT f.state FROM comparisons f WHERE f.base_commit = c.base_commit "
	" AND f.new_commit = c.new_commit AND f.screen_id = c.id ORDER BY f.id DESC LIMIT 1), "
	"(SELECT w.place FROM jobs p JOIN jobs j ON j.parent_job = p.id "
	" JOIN jobs_waiting w ON w.id = j.id WHERE p.comparison_id = c.id "
	" AND j.new_commit = c.new_commit AND j.kind = 'confirm' LIMIT 1) "
	"FROM comparisons c WHERE c.id = :id";

int screen_sequel_load(
	struct db *db, int64_t comparison_id, struct screen_sequel *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sequel_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret = (struct screen_sequel){.place = r ? (int)query_int(query, 1) : 0};
	if (r && query_text(query, 0))
		snprintf(ret->state, sizeof(ret->state), "%s", query_text(query, 0));
	return 0;
}

int comparison_follow(struct db *db, int64_t comparison_id, int64_t screen_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "UPDATE comparisons SET screen_id = :screen WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":screen", screen_id);
	query_bind_int(query, ":id", comparison_id);
	r = query_run(query, err);
	if (r == 0 && db_changes(db) != 1)
		return err_set(
			err, -ENOENT, "there is no comparison %lld", (long long)comparison_id);
	return r;
}

/* --- moves of the level --- */

/* The series of a comparison's cell in the epoch of its boots. */
static const char moves_sql[] =
	"INSERT INTO moves (comparison_id, series_id, state) SELECT DISTINCT :id, s.id, 'open' "
	"FROM series s JOIN boots b ON b.epoch_id = s.epoch_id WHERE b.comparison_id = :id "
	"AND s.scenario = :scenario AND s.mode = :mode AND s.metric = :metric "
	"ON CONFLICT (comparison_id, series_id) DO NOTHING";

static const char stale_sql[] =
	"DELETE FROM moves WHERE comparison_id = :id AND state = 'open'";

static int forget_open(struct db *db, int64_t comparison_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, stale_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	return query_run(query, err);
}

int moves_store(struct db *db, int64_t comparison_id, const struct cell_name *flagged,
	size_t count, struct err *err)
{
	int r = db_begin(db, err);

	if (r < 0)
		return r;
	r = forget_open(db, comparison_id, err);
	if (r == 0)
		r = run_for_cells(db, moves_sql, comparison_id, flagged, count, err);
	return end_transaction(db, r, err);
}
