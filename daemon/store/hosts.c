/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/hosts.h"

#include <errno.h>
#include <stdbool.h>

int host_find(struct db *db, const char *name, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT id FROM hosts WHERE name = :name", &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":name", name);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT,
			"the store knows no host \"%.80s\"; kvmperf hosts check %.80s enrols "
			"one that is configured",
			name, name);
	if (r > 0)
		*ret_id = query_int(query, 0);
	return r < 0 ? r : 0;
}

static const char step_sql[] =
	"INSERT INTO host_steps (host_id, unix_ms, what, text) "
	"VALUES (:id, :now, :what, :text)";

/* Runs a change of health (NULL: there is none), and tells of it when it changed a row. */
static int change(struct db *db, const char *sql, int64_t host_id, const char *what,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	const char *const both[] = {sql, step_sql};
	int r = 0;

	for (int i = sql ? 0 : 1; i < 2 && r == 0; i++) {
		auto_query struct query *query = NULL;

		r = query_open(db, both[i], &query, err);
		if (r < 0)
			return r;
		query_bind_int(query, ":id", host_id);
		query_bind_int(query, ":now", now_unix_ms);
		query_bind_text(query, ":text", text);
		if (i == 1)
			query_bind_text(query, ":what", what);
		r = query_run(query, err);
		if (r == 0 && db_changes(db) == 0)
			r = err_set(err, -EINVAL, "the host is not in quarantine");
	}
	return r;
}

static int change_whole(struct db *db, const char *sql, int64_t host_id, const char *what,
	const char *text, int64_t now_unix_ms, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = change(db, sql, host_id, what, text, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

static const char checked_sql[] =
	"UPDATE hosts SET health = CASE health WHEN 'quarantined' THEN health ELSE 'ok' END, "
	"health_reason = CASE health WHEN 'quarantined' THEN health_reason ELSE :text END, "
	"health_unix_ms = :now WHERE id = :id";

static const char known_sql[] =
	"UPDATE hosts SET machine = coalesce(machine, :machine), "
	"score_us = coalesce(score_us, nullif(:score, 0)) WHERE id = :id";

static int keep_known(
	struct db *db, int64_t host_id, const char *identity, int64_t score_us, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, known_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	query_bind_text(query, ":machine", identity);
	query_bind_int(query, ":score", score_us);
	return query_run(query, err);
}

int host_checked(struct db *db, int64_t host_id, const char *text, const char *identity,
	int64_t score_us, int64_t now_unix_ms, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = change(db, checked_sql, host_id, "check", text, now_unix_ms, err);
	if (r == 0)
		r = keep_known(db, host_id, identity, score_us, err);
	return db_part_end(&part, r, err);
}

int host_known(struct db *db, int64_t host_id, char **ret_identity, int64_t *ret_score_us,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "SELECT machine, score_us FROM hosts WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	r = query_step(query, err);
	if (r < 0)
		return r;
	*ret_identity = r > 0 ? query_text_dup(query, 0) : NULL;
	*ret_score_us = r > 0 ? query_int(query, 1) : 0;
	return 0;
}

static const char quarantine_sql[] =
	"UPDATE hosts SET health = 'quarantined', health_reason = "
	":text, health_unix_ms = :now WHERE id = :id";

int host_quarantine(struct db *db, int64_t host_id, const char *reason, int64_t now_unix_ms,
	struct err *err)
{
	return change_whole(
		db, quarantine_sql, host_id, "quarantine", reason, now_unix_ms, err);
}

static int has_health(
	struct db *db, int64_t host_id, const char *health, bool *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(
		db, "SELECT health = :health FROM hosts WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	query_bind_text(query, ":health", health);
	r = query_step(query, err);
	*ret = r > 0 && query_int(query, 0);
	return r < 0 ? r : 0;
}

int host_is_unchecked(struct db *db, int64_t host_id, bool *ret, struct err *err)
{
	return has_health(db, host_id, "unknown", ret, err);
}

int host_is_quarantined(struct db *db, int64_t host_id, bool *ret, struct err *err)
{
	return has_health(db, host_id, "quarantined", ret, err);
}

static const char release_sql[] =
	"UPDATE hosts SET health = 'unknown', health_reason = :text, health_unix_ms = :now, "
	"failures = 0, machine = NULL, score_us = NULL "
	"WHERE id = :id AND health = 'quarantined'";

int host_release(
	struct db *db, int64_t host_id, const char *why, int64_t now_unix_ms, struct err *err)
{
	return change_whole(db, release_sql, host_id, "release", why, now_unix_ms, err);
}

int host_released_at(struct db *db, int64_t host_id, int64_t *ret_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT coalesce(max(unix_ms), 0) FROM host_steps WHERE host_id = :id AND "
		"what = 'release'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	r = query_step(query, err);
	if (r > 0)
		*ret_unix_ms = query_int(query, 0);
	return r < 0 ? r : 0;
}

int host_rescued(
	struct db *db, int64_t host_id, const char *text, int64_t now_unix_ms, struct err *err)
{
	return change_whole(db, NULL, host_id, "rescue", text, now_unix_ms, err);
}

static int count_failure(struct db *db, int64_t host_id, int *ret_failures, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE hosts SET failures = failures + 1 WHERE id = :id RETURNING failures",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	r = query_step(query, err);
	if (r > 0) {
		*ret_failures = (int)query_int(query, 0);
		r = query_step(query, err);
	}
	return r;
}

int host_failed(struct db *db, int64_t host_id, const char *text, int64_t now_unix_ms,
	int *ret_failures, struct err *err)
{
	struct db_part part;
	int r = db_part_begin(db, &part, err);

	if (r == 0)
		r = count_failure(db, host_id, ret_failures, err);
	if (r == 0)
		r = change(db, NULL, host_id, "rescue", text, now_unix_ms, err);
	return db_part_end(&part, r, err);
}

int host_served(struct db *db, int64_t host_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "UPDATE hosts SET failures = 0 WHERE id = :id AND failures > 0",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	return query_run(query, err);
}

static const char quarantines_sql[] =
	"SELECT s.id, h.name, s.text FROM host_steps s JOIN hosts h ON h.id = s.host_id "
	"WHERE s.id > :last AND s.what = 'quarantine' ORDER BY s.id";

int host_quarantines(struct db *db, int64_t *last_step,
	void (*tell)(const char *host, const char *reason, void *data), void *data,
	struct err *err)
{
	bool starts = *last_step < 0;
	auto_query struct query *query = NULL;
	int r = query_open(db,
		starts ? "SELECT coalesce(max(id), 0) FROM host_steps" : quarantines_sql,
		&query, err);

	if (r < 0)
		return r;
	if (!starts)
		query_bind_int(query, ":last", *last_step);
	while ((r = query_step(query, err)) > 0) {
		*last_step = query_int(query, 0);
		if (!starts)
			tell(query_text(query, 1), query_text(query, 2), data);
	}
	return r;
}

int host_story(struct db *db, int64_t host_id,
	void (*tell)(int64_t unix_ms, const char *what, const char *text, void *data),
	void *data, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT unix_ms, what, text FROM host_steps WHERE host_id = :id ORDER BY id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", host_id);
	while ((r = query_step(query, err)) > 0)
		tell(query_int(query, 0), query_text(query, 1), query_text(query, 2), data);
	return r;
}
