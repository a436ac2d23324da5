/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/bisects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A row that may be missing: 0 is NULL. */
static void bind_row(struct query *query, const char *name, int64_t id)
{
	if (id)
		query_bind_int(query, name, id);
}

static int change(struct db *db, struct query *query, const char *what, int64_t id,
	const char *state, struct err *err)
{
	int r = query_run(query, err);

	if (r == 0 && db_changes(db) != 1)
		return err_set(
			err, -ESTALE, "%s %lld is not %s any more", what, (long long)id, state);
	return r;
}

/* --- bisects --- */

static const char insert_sql[] =
	"INSERT INTO bisects (event_id, repository, host, plan, kernel_config, recipe, "
	"good_commit, "
	"bad_commit, paths, queued, aligned, state, created_unix_ms, updated_unix_ms) "
	"VALUES (:event, :repository, :host, :plan, :config, :recipe, :good, :bad, :paths, "
	":queued, "
	":aligned, 'running', :now, :now) RETURNING id";

static void bind_subject(struct query *query, const struct bisect *b)
{
	query_bind_text(query, ":repository", b->repository);
	query_bind_text(query, ":host", b->host);
	query_bind_text(query, ":plan", b->plan);
	query_bind_text(query, ":recipe", b->recipe);
	query_bind_int(query, ":good", b->good.id);
	query_bind_int(query, ":bad", b->bad.id);
	query_bind_text(query, ":paths", b->paths);
}

int bisect_add(struct db *db, struct bisect *bisect, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, insert_sql, &query, err);

	if (r < 0)
		return r;
	bind_subject(query, bisect);
	bind_row(query, ":event", bisect->event_id);
	query_bind_text(query, ":config", bisect->kernel_config ? bisect->kernel_config : "");
	query_bind_int(query, ":queued", bisect->queued);
	query_bind_int(query, ":aligned", bisect->aligned);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run_id(query, &bisect->id, err);
}

int bisect_take_subject(
	struct db *db, int64_t comparison_id, struct bisect *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT h.name, c.recipe, c.base_commit, c.new_commit FROM comparisons c "
		"JOIN hosts h ON h.id = c.host_id WHERE c.id = :id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no comparison %lld to bisect",
			(long long)comparison_id);
	if (r < 0)
		return r;
	ret->host = query_text_dup(query, 0);
	snprintf(ret->recipe, sizeof(ret->recipe), "%s", query_text(query, 1));
	ret->good.id = query_int(query, 2);
	ret->bad.id = query_int(query, 3);
	return 0;
}

/* The id that a query may find: 1 and *ret_id, or 0. */
static int find_id(struct query *query, int64_t *ret_id, struct err *err)
{
	int r = query_step(query, err);

	if (r > 0)
		*ret_id = query_int(query, 0);
	return r;
}

int bisect_find_same(
	struct db *db, const struct bisect *bisect, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT id FROM bisects WHERE repository = :repository AND host = :host AND "
		"plan = :plan AND recipe = :recipe AND good_commit = :good AND "
		"bad_commit = :bad AND paths = :paths AND state <> 'cancelled' "
		"ORDER BY id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	bind_subject(query, bisect);
	return find_id(query, ret_id, err);
}

static int find_by(
	struct db *db, const char *sql, int64_t value, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":value", value);
	return find_id(query, ret_id, err);
}

int bisect_of_event(struct db *db, int64_t event_id, int64_t *ret_id, struct err *err)
{
	return find_by(db,
		"SELECT id FROM bisects WHERE event_id = :value ORDER BY id DESC LIMIT 1",
		event_id, ret_id, err);
}

int bisect_of_job(struct db *db, int64_t job_id, int64_t *ret_id, struct err *err)
{
	return find_by(db, "SELECT bisect_id FROM bisect_steps WHERE job_id = :value", job_id,
		ret_id, err);
}

int bisect_test(struct db *db, int64_t id, int64_t *ret_id, struct err *err)
{
	return find_by(db,
		"SELECT c.test_id FROM bisect_steps s JOIN comparisons c ON c.id = "
		"s.comparison_id WHERE s.bisect_id = :value AND s.kind = 'ends' AND "
		"c.test_id IS NOT NULL ORDER BY s.id DESC LIMIT 1",
		id, ret_id, err);
}

static int list(
	struct db *db, const char *sql, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free int64_t *ids = NULL;
	size_t count = 0;
	int r = query_open(db, sql, &query, err);

	while (r >= 0 && (r = query_step(query, err)) > 0) {
		ids = mem_grow(ids, count + 1, sizeof(*ids));
		ids[count++] = query_int(query, 0);
	}
	if (r < 0)
		return r;
	*ret_ids = take_ptr(ids);
	*ret_count = count;
	return 0;
}

static const char waiting_sql[] =
	"SELECT 1 FROM bisects b WHERE b.state = 'running' AND b.queued = 1 AND (NOT EXISTS "
	"(SELECT 1 FROM bisect_steps s WHERE s.bisect_id = b.id AND s.ended_unix_ms IS NULL) "
	"OR EXISTS (SELECT 1 FROM bisect_steps s LEFT JOIN jobs j ON j.id = s.job_id WHERE "
	"s.bisect_id = b.id AND s.ended_unix_ms IS NULL AND (j.id IS NULL OR "
	"j.state = 'ended'))) LIMIT 1";

int bisect_is_waiting(struct db *db, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, waiting_sql, &query, err);

	return r < 0 ? r : query_step(query, err);
}

int bisect_list_queued(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	return list(db,
		"SELECT id FROM bisects WHERE state = 'running' AND queued = 1 ORDER BY id",
		ret_ids, ret_count, err);
}

int bisect_list(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err)
{
	return list(db, "SELECT id FROM bisects ORDER BY id DESC", ret_ids, ret_count, err);
}

int bisect_store_cell(
	struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE bisects SET scenario = :scenario, mode = :mode, metric = :metric, "
		"unit = :unit, d = :d, sd = :sd, df = :df, updated_unix_ms = :now "
		"WHERE id = :id AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":scenario", bisect->scenario);
	query_bind_text(query, ":mode", bisect->mode);
	query_bind_text(query, ":metric", bisect->metric);
	query_bind_text(query, ":unit", bisect->unit);
	query_bind_real(query, ":d", bisect->d);
	query_bind_real(query, ":sd", bisect->sd);
	query_bind_real(query, ":df", bisect->df);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", bisect->id);
	return change(db, query, "bisect", bisect->id, "running", err);
}

int bisect_store_revert(
	struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE bisects SET revert_commit = :revert, updated_unix_ms = :now "
		"WHERE id = :id AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":revert", bisect->revert.id);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", bisect->id);
	return change(db, query, "bisect", bisect->id, "running", err);
}

static int end(struct db *db, const struct bisect *b, const char *state, int64_t now_unix_ms,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE bisects SET state = :state, answer = :answer, low_commit = :low, "
		"high_commit = :high, reason = :reason, updated_unix_ms = :now "
		"WHERE id = :id AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":state", state);
	query_bind_text(query, ":answer", b->answer ? b->answer : "");
	bind_row(query, ":low", b->low.id);
	bind_row(query, ":high", b->high.id);
	query_bind_text(query, ":reason", b->reason);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", b->id);
	return change(db, query, "bisect", b->id, "running", err);
}

int bisect_end(struct db *db, const struct bisect *bisect, int64_t now_unix_ms, struct err *err)
{
	return end(db, bisect, "done", now_unix_ms, err);
}

int bisect_cancel(
	struct db *db, int64_t id, const char *reason, int64_t now_unix_ms, struct err *err)
{
	auto_free char *words = mem_strdup(reason);
	struct bisect b = {.id = id, .reason = words};

	return end(db, &b, "cancelled", now_unix_ms, err);
}

/* --- steps --- */

static const char step_insert_sql[] =
	"INSERT INTO bisect_steps (bisect_id, number, kind, base_commit, commit_id, parent, "
	"begun_unix_ms) SELECT :bisect, "
	"(SELECT coalesce(max(number), 0) + 1 FROM bisect_steps WHERE bisect_id = :bisect), "
	":kind, :base, :commit, :parent, :now RETURNING id";

int bisect_step_add(struct db *db, int64_t bisect_id, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, step_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":bisect", bisect_id);
	query_bind_text(query, ":kind", bisect_kind_name(step->kind));
	query_bind_int(query, ":base", step->base.id);
	query_bind_int(query, ":commit", step->commit.id);
	query_bind_int(query, ":parent", step->parent);
	query_bind_int(query, ":now", now_unix_ms);
	r = query_run_id(query, &step->id, err);
	if (r == 0)
		step->begun_unix_ms = now_unix_ms;
	return r;
}

int bisect_step_link(struct db *db, const struct bisect_step *step, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE bisect_steps SET comparison_id = :comparison, job_id = :job, "
		"tries = :tries WHERE id = :id AND ended_unix_ms IS NULL",
		&query, err);

	if (r < 0)
		return r;
	bind_row(query, ":comparison", step->comparison_id);
	bind_row(query, ":job", step->job_id);
	query_bind_int(query, ":tries", step->tries);
	query_bind_int(query, ":id", step->id);
	return change(db, query, "bisect step", step->id, "open", err);
}

static const char step_end_sql[] =
	"UPDATE bisect_steps SET word = :word, evidence = :evidence, change = :change, "
	"same_commit = (SELECT id FROM commits WHERE oid = :same), reason = :reason, "
	"builds = (SELECT count(*) FROM kernels k WHERE k.recipe = :recipe AND "
	" k.commit_id IN (base_commit, bisect_steps.commit_id) AND "
	" k.built_unix_ms >= begun_unix_ms), "
	"boots = (SELECT count(*) FROM boots b WHERE b.comparison_id = "
	" bisect_steps.comparison_id AND b.started_unix_ms >= begun_unix_ms), "
	"ended_unix_ms = :now WHERE id = :id AND ended_unix_ms IS NULL";

int bisect_step_end(struct db *db, const char *recipe, struct bisect_step *step,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, step_end_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":word", bisect_word_name(step->word));
	query_bind_real(query, ":evidence", step->evidence);
	query_bind_real(query, ":change", step->change);
	query_bind_text(query, ":same", step->same_oid);
	query_bind_text(query, ":reason", step->reason);
	query_bind_text(query, ":recipe", recipe);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_int(query, ":id", step->id);
	r = change(db, query, "bisect step", step->id, "open", err);
	if (r == 0)
		step->done = true;
	return r;
}

/* --- reading --- */

static const char load_sql[] =
	"SELECT coalesce(event_id, 0), repository, host, plan, recipe, paths, queued, state, "
	"scenario, mode, metric, unit, d, sd, df, answer, reason, created_unix_ms, "
	"updated_unix_ms, good_commit, bad_commit, low_commit, high_commit, revert_commit, "
	"aligned "
	"FROM bisects WHERE id = :id";

static const char steps_sql[] =
	"SELECT s.id, s.number, s.kind, s.parent, s.comparison_id, s.job_id, s.tries, "
	"s.word, s.builds, s.boots, s.evidence, s.change, s.reason, s.begun_unix_ms, "
	"s.ended_unix_ms, s.base_commit, s.commit_id, coalesce(m.oid, '') "
	"FROM bisect_steps s LEFT JOIN commits m ON m.id = s.same_commit "
	"WHERE s.bisect_id = :id ORDER BY s.number";

static void read_bisect(struct query *query, struct bisect *b)
{
	b->event_id = query_int(query, 0);
	b->repository = query_text_dup(query, 1);
	b->host = query_text_dup(query, 2);
	b->plan = query_text_dup(query, 3);
	snprintf(b->recipe, sizeof(b->recipe), "%s", query_text(query, 4));
	b->paths = query_text_dup(query, 5);
	b->queued = query_int(query, 6);
	b->state = query_text_dup(query, 7);
	b->scenario = query_text_dup(query, 8);
	b->mode = query_text_dup(query, 9);
	b->metric = query_text_dup(query, 10);
	b->unit = query_text_dup(query, 11);
	b->d = query_real(query, 12);
	b->sd = query_real(query, 13);
	b->df = query_real(query, 14);
	b->answer = query_text_dup(query, 15);
	b->reason = query_text_dup(query, 16);
	b->created_unix_ms = query_int(query, 17);
	b->updated_unix_ms = query_int(query, 18);
	b->good.id = query_int(query, 19);
	b->bad.id = query_int(query, 20);
	b->low.id = query_int(query, 21);
	b->high.id = query_int(query, 22);
	b->revert.id = query_int(query, 23);
	b->aligned = query_int(query, 24);
	b->kernel_config = query_text_dup(query, 25);
}

static void read_step(struct query *query, struct bisect_step *step)
{
	step->id = query_int(query, 0);
	step->number = (int)query_int(query, 1);
	step->kind = bisect_kind_of(query_text(query, 2));
	step->parent = (int)query_int(query, 3);
	step->comparison_id = query_int(query, 4);
	step->job_id = query_int(query, 5);
	step->tries = (int)query_int(query, 6);
	step->word = bisect_word_of(query_text(query, 7));
	step->builds = (int)query_int(query, 8);
	step->boots = (int)query_int(query, 9);
	step->evidence = query_real(query, 10);
	step->change = query_real(query, 11);
	step->reason = query_text_dup(query, 12);
	step->begun_unix_ms = query_int(query, 13);
	step->ended_unix_ms = query_int(query, 14);
	step->done = step->ended_unix_ms != 0;
	step->base.id = query_int(query, 15);
	step->commit.id = query_int(query, 16);
	snprintf(step->same_oid, sizeof(step->same_oid), "%s", query_text(query, 17));
}

static int load_commit(struct db *db, struct bisect_commit *commit, struct err *err)
{
	auto_query struct query *query = NULL;
	int r;

	if (!commit->id)
		return 0;
	r = query_open(db, "SELECT oid, subject FROM commits WHERE id = :id", &query, err);
	if (r < 0)
		return r;
	query_bind_int(query, ":id", commit->id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	snprintf(commit->oid, sizeof(commit->oid), "%s", query_text(query, 0));
	commit->subject = query_text_dup(query, 1);
	return 0;
}

static int load_steps(struct db *db, struct bisect *b, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, steps_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", b->id);
	while ((r = query_step(query, err)) > 0) {
		b->steps = mem_grow(b->steps, b->step_count + 1, sizeof(*b->steps));
		memset(&b->steps[b->step_count], 0, sizeof(*b->steps));
		read_step(query, &b->steps[b->step_count++]);
	}
	for (size_t i = 0; r == 0 && i < b->step_count; i++) {
		r = load_commit(db, &b->steps[i].base, err);
		if (r == 0)
			r = load_commit(db, &b->steps[i].commit, err);
	}
	return r;
}

static int load_all(struct db *db, struct bisect *b, struct err *err)
{
	auto_query struct query *query = NULL;
	struct bisect_commit *commits[] = {&b->good, &b->bad, &b->low, &b->high, &b->revert};
	int r = query_open(db, load_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", b->id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no bisect %lld", (long long)b->id);
	if (r < 0)
		return r;
	read_bisect(query, b);
	r = 0;
	for (size_t i = 0; i < ARRAY_SIZE(commits) && r == 0; i++)
		r = load_commit(db, commits[i], err);
	return r < 0 ? r : load_steps(db, b, err);
}

int bisect_load(struct db *db, int64_t id, struct bisect *ret, struct err *err)
{
	struct bisect b = {.id = id};
	int r = load_all(db, &b, err);

	if (r < 0) {
		bisect_clear(&b);
		return r;
	}
	*ret = b;
	return 0;
}
