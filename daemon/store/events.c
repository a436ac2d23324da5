/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define COMMIT_COLUMNS(t) \
	", " t ".id, " t ".oid, " t ".subject, " t ".author, " t ".parent, " t ".people"

#define EVENT_COLUMNS \
	"SELECT e.id, e.branch, e.repository, e.direction, e.state, e.emulated, e.metric, " \
	"e.title, e.unit, e.change, e.low, e.high, e.cells_flagged, e.cells_judged, "       \
	"e.sentence, e.attached, e.level_unix_ms, e.told, e.message_id, e.opened_unix_ms, " \
	"e.updated_unix_ms" COMMIT_COLUMNS("a") COMMIT_COLUMNS("b") COMMIT_COLUMNS("c")      \
	" FROM events e JOIN commits a ON a.id = e.from_commit "                            \
	"JOIN commits b ON b.id = e.to_commit LEFT JOIN commits c ON c.id = e.culprit "

static void read_commit(struct query *query, int column, struct event_commit *ret)
{
	*ret = (struct event_commit){
		.id = query_int(query, column),
		.oid = query_text_dup(query, column + 1),
		.subject = query_text_dup(query, column + 2),
		.author = query_text_dup(query, column + 3),
		.parent = query_text_dup(query, column + 4),
		.people = query_text_dup(query, column + 5),
	};
}

static void read_event(struct query *query, struct event *ret)
{
	*ret = (struct event){
		.id = query_int(query, 0),
		.branch = query_text_dup(query, 1),
		.repository = query_text_dup(query, 2),
		.improved = strcmp(query_text(query, 3), "improved") == 0,
		.emulated = query_int(query, 5) != 0,
		.metric = query_text_dup(query, 6),
		.title = query_text_dup(query, 7),
		.unit = query_text_dup(query, 8),
		.change = query_real(query, 9),
		.low = query_real(query, 10),
		.high = query_real(query, 11),
		.cells_flagged = (size_t)query_int(query, 12),
		.cells_judged = (size_t)query_int(query, 13),
		.sentence = query_text_dup(query, 14),
		.attached = (int)query_int(query, 15),
		.level_unix_ms = query_int(query, 16),
		.told = query_text_dup(query, 17),
		.message_id = query_text_dup(query, 18),
		.opened_unix_ms = query_int(query, 19),
		.updated_unix_ms = query_int(query, 20),
	};
	event_state_from_name(query_text(query, 4), &ret->state);
	read_commit(query, 21, &ret->from);
	read_commit(query, 27, &ret->to);
	read_commit(query, 33, &ret->culprit);
}

static const char list_sql[] = EVENT_COLUMNS
	"WHERE (:branch IS NULL OR e.branch = :branch) "
	"AND (:which = 2 OR (:which = 1 AND e.state <> 'new') "
	"     OR (:which = 0 AND e.state IN ('new', 'confirmed', 'acknowledged'))) "
	"ORDER BY e.id DESC";

int event_list(struct db *db, enum events_which which, const char *branch, struct event **ret,
	size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct event *events = NULL;
	size_t count = 0;
	int r = query_open(db, list_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":branch", branch);
	query_bind_int(query, ":which", which == EVENTS_ALL ? 2 : which == EVENTS_TOLD ? 1 : 0);
	while ((r = query_step(query, err)) > 0) {
		events = mem_grow(events, count + 1, sizeof(*events));
		read_event(query, &events[count++]);
	}
	if (r < 0) {
		event_list_free(events, count);
		return r;
	}
	*ret = events;
	*ret_count = count;
	return 0;
}

static const char cells_sql[] =
	"SELECT c.host_id, h.name, c.scenario, c.mode, c.metric, c.unit, c.change, c.low, "
	"c.high, c.minimum, c.base_value, c.new_value "
	"FROM event_cells c JOIN hosts h ON h.id = c.host_id WHERE c.event_id = :id "
	"ORDER BY h.name, c.metric, c.scenario, c.mode";

static void read_cell(struct query *row, void *to)
{
	struct event *event = to;

	event->cells = mem_grow(event->cells, event->cell_count + 1, sizeof(*event->cells));
	event->cells[event->cell_count++] = (struct event_cell){
		.host_id = query_int(row, 0),
		.host = query_text_dup(row, 1),
		.scenario = query_text_dup(row, 2),
		.mode = query_text_dup(row, 3),
		.metric = query_text_dup(row, 4),
		.unit = query_text_dup(row, 5),
		.change = query_real(row, 6),
		.low = query_real(row, 7),
		.high = query_real(row, 8),
		.minimum = query_real(row, 9),
		.base_value = query_real(row, 10),
		.new_value = query_real(row, 11),
	};
}

static const char steps_sql[] =
	"SELECT unix_ms, who, why, state_from, state_to FROM event_steps "
	"WHERE event_id = :id ORDER BY id";

static void read_step(struct query *row, void *to)
{
	struct event *event = to;

	event->steps = mem_grow(event->steps, event->step_count + 1, sizeof(*event->steps));
	event->steps[event->step_count++] = (struct event_step){
		.unix_ms = query_int(row, 0),
		.who = query_text_dup(row, 1),
		.why = query_text_dup(row, 2),
		.from = query_text_dup(row, 3),
		.to = query_text_dup(row, 4),
	};
}

static const char evidence_sql[] =
	"SELECT e.comparison_id, e.role, e.unix_ms, h.name, a.oid, b.oid "
	"FROM event_comparisons e JOIN comparisons c ON c.id = e.comparison_id "
	"JOIN hosts h ON h.id = c.host_id JOIN commits a ON a.id = c.base_commit "
	"JOIN commits b ON b.id = c.new_commit WHERE e.event_id = :id "
	"ORDER BY e.unix_ms, e.comparison_id";

static void read_evidence(struct query *row, void *to)
{
	struct event *event = to;
	struct event_evidence *e;

	event->evidence =
		mem_grow(event->evidence, event->evidence_count + 1, sizeof(*event->evidence));
	e = &event->evidence[event->evidence_count++];
	*e = (struct event_evidence){
		.comparison_id = query_int(row, 0),
		.unix_ms = query_int(row, 2),
		.host = query_text_dup(row, 3),
		.base_oid = query_text_dup(row, 4),
		.new_oid = query_text_dup(row, 5),
	};
	event_role_from_name(query_text(row, 1), &e->role);
}

static const char mails_sql[] =
	"SELECT id, kind, state, message_id, subject, updated_unix_ms FROM outbox "
	"WHERE event_id = :id ORDER BY id";

static void read_mail(struct query *row, void *to)
{
	struct event *event = to;

	event->mails = mem_grow(event->mails, event->mail_count + 1, sizeof(*event->mails));
	event->mails[event->mail_count++] = (struct event_mail){
		.id = query_int(row, 0),
		.kind = query_text_dup(row, 1),
		.state = query_text_dup(row, 2),
		.message_id = query_text_dup(row, 3),
		.subject = query_text_dup(row, 4),
		.unix_ms = query_int(row, 5),
	};
}

static int load_head(struct db *db, int64_t id, struct event *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, EVENT_COLUMNS "WHERE e.id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no event %lld", (long long)id);
	if (r > 0)
		read_event(query, ret);
	return r < 0 ? r : 0;
}

int event_load(struct db *db, int64_t id, struct event *ret, struct err *err)
{
	struct event event = {0};
	int r = load_head(db, id, &event, err);

	if (r == 0)
		r = query_each(db, cells_sql, id, read_cell, &event, err);
	if (r == 0)
		r = query_each(db, steps_sql, id, read_step, &event, err);
	if (r == 0)
		r = query_each(db, evidence_sql, id, read_evidence, &event, err);
	if (r == 0)
		r = query_each(db, mails_sql, id, read_mail, &event, err);
	if (r < 0) {
		event_clear(&event);
		return r;
	}
	*ret = event;
	return 0;
}

int event_of_comparison(struct db *db, int64_t comparison_id, int64_t *ret_id,
	enum event_role *ret_role, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT event_id, role FROM event_comparisons WHERE comparison_id = :id "
		"ORDER BY event_id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret_id = query_int(query, 0);
	event_role_from_name(query_text(query, 1), ret_role);
	return 1;
}

static const char question_sql[] =
	"SELECT 1 FROM jobs WHERE comparison_id = :id AND origin IN ('bisect', 'series') "
	"UNION SELECT 1 FROM bisect_steps WHERE comparison_id = :id";

int event_is_question(struct db *db, int64_t comparison_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, question_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	return query_step(query, err);
}

int event_last_step(struct db *db, int64_t *ret_step, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT coalesce(max(id), 0) FROM event_steps", &query, err);

	if (r == 0)
		r = query_step(query, err);
	if (r > 0)
		*ret_step = query_int(query, 0);
	return r < 0 ? r : 0;
}

int event_next_confirmed(struct db *db, int64_t after_step, int64_t *ret_step,
	struct event *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT id, event_id FROM event_steps WHERE id > :after AND "
		"state_from = 'new' AND state_to = 'confirmed' ORDER BY id LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":after", after_step);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret_step = query_int(query, 0);
	r = load_head(db, query_int(query, 1), ret, err);
	return r < 0 ? r : 1;
}

/* Somebody agreed: the event was acknowledged, or was seen to be fixed. */
static const char precision_sql[] =
	"SELECT strftime('%Y-%m', e.opened_unix_ms / 1000, 'unixepoch') AS month, count(*), "
	"sum(e.state = 'invalid'), "
	"sum(e.state <> 'invalid' AND EXISTS (SELECT 1 FROM event_steps s WHERE s.event_id = "
	"e.id "
	"    AND s.state_to IN ('acknowledged', 'wontfix', 'fixed-seen'))) "
	"FROM events e WHERE e.state <> 'new' GROUP BY month ORDER BY month";

int event_precision(struct db *db, struct event_month **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	auto_free struct event_month *months = NULL;
	size_t count = 0;
	int r = query_open(db, precision_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		months = mem_grow(months, count + 1, sizeof(*months));
		months[count] = (struct event_month){
			.told = (size_t)query_int(query, 1),
			.invalid = (size_t)query_int(query, 2),
			.acknowledged = (size_t)query_int(query, 3),
		};
		snprintf(months[count].month, sizeof(months[count].month), "%.7s",
			query_text(query, 0));
		count++;
	}
	if (r < 0)
		return r;
	*ret = take_ptr(months);
	*ret_count = count;
	return 0;
}
