/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/event_changes.h"

#include <errno.h>

static int add_step(struct db *db, int64_t id, const char *from, const char *to,
	const char *who, const char *why, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"INSERT INTO event_steps (event_id, unix_ms, who, why, state_from, state_to) "
		"VALUES (:id, :now, :who, :why, :from, :to)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_text(query, ":who", who);
	query_bind_text(query, ":why", why);
	query_bind_text(query, ":from", from);
	query_bind_text(query, ":to", to);
	return query_run(query, err);
}

static const char add_sql[] =
	"INSERT INTO events (branch, repository, from_commit, to_commit, culprit, direction, "
	"state, emulated, metric, title, unit, change, low, high, cells_flagged, cells_judged, "
	"sentence, message_id, opened_unix_ms, updated_unix_ms) "
	"VALUES (:branch, :repository, :from, :to, nullif(:culprit, 0), :direction, :state, "
	":emulated, :metric, :title, :unit, :change, :low, :high, :flagged, :judged, "
	":sentence, "
	":message_id, :now, :now)";

static void bind_headline(struct query *query, const struct event *event)
{
	query_bind_text(query, ":metric", event->metric);
	query_bind_text(query, ":title", event->title);
	query_bind_text(query, ":unit", event->unit);
	query_bind_real(query, ":change", event->change);
	query_bind_real(query, ":low", event->low);
	query_bind_real(query, ":high", event->high);
	query_bind_int(query, ":flagged", (int64_t)event->cells_flagged);
	query_bind_int(query, ":judged", (int64_t)event->cells_judged);
	query_bind_text(query, ":sentence", event->sentence);
}

int event_add(
	struct db *db, struct event *event, const char *who, const char *why, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, add_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":branch", event->branch ? event->branch : "");
	query_bind_text(query, ":repository", event->repository ? event->repository : "");
	query_bind_int(query, ":from", event->from.id);
	query_bind_int(query, ":to", event->to.id);
	query_bind_int(query, ":culprit", event->culprit.id);
	query_bind_text(query, ":direction", event->improved ? "improved" : "regressed");
	query_bind_text(query, ":state", event_state_name(event->state));
	query_bind_int(query, ":emulated", event->emulated);
	bind_headline(query, event);
	query_bind_text(query, ":message_id", event->message_id);
	query_bind_int(query, ":now", event->opened_unix_ms);
	r = query_run(query, err);
	if (r < 0)
		return r;
	event->id = db_last_id(db);
	r = add_step(db, event->id, "", event_state_name(event->state), who, why,
		event->opened_unix_ms, err);
	return r < 0 ? r : event_add_cells(db, event->id, event->cells, event->cell_count, err);
}

/* Opens an update of one row; the caller binds the rest. */
static int open_one(
	struct db *db, const char *sql, int64_t id, struct query **ret, struct err *err)
{
	int r = query_open(db, sql, ret, err);

	if (r == 0)
		query_bind_int(*ret, ":id", id);
	return r;
}

/* Runs it: it must meet its row. */
static int run_one(struct db *db, struct query *query, int64_t id, struct err *err)
{
	int r = query_run(query, err);

	if (r == 0 && db_changes(db) != 1)
		return err_set(err, -ENOENT, "there is no event %lld", (long long)id);
	return r;
}

static const char levels_sql[] =
	"UPDATE moves SET state = (SELECT CASE WHEN e.state = 'invalid' THEN 'void' "
	"WHEN e.state IN ('acknowledged', 'wontfix', 'fixed-seen', 'closed') "
	"OR e.level_unix_ms IS NOT NULL THEN 'accepted' ELSE 'open' END "
	"FROM events e WHERE e.id = :id) WHERE comparison_id IN (SELECT comparison_id "
	"FROM event_comparisons WHERE event_id = :id AND role NOT IN ('bisect', 'differs'))";

static int settle_levels(struct db *db, int64_t id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, levels_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	return query_run(query, err);
}

int event_move(struct db *db, int64_t id, enum event_state from, enum event_state to,
	const char *who, const char *why, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE events SET state = :to, updated_unix_ms = :now "
		"WHERE id = :id AND state = :from",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_text(query, ":from", event_state_name(from));
	query_bind_text(query, ":to", event_state_name(to));
	r = query_run(query, err);
	if (r < 0)
		return r;
	if (db_changes(db) != 1)
		return err_set(err, -ESTALE, "event %lld is no longer %s", (long long)id,
			event_state_name(from));
	r = add_step(db, id, event_state_name(from), event_state_name(to), who, why,
		now_unix_ms, err);
	return r < 0 ? r : settle_levels(db, id, err);
}

static const char restate_sql[] =
	"UPDATE events SET metric = :metric, title = :title, unit = :unit, change = :change, "
	"low = :low, high = :high, cells_flagged = :flagged, cells_judged = :judged, "
	"sentence = :sentence WHERE id = :id";

int event_restate(struct db *db, const struct event *event, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_one(db, restate_sql, event->id, &query, err);

	if (r < 0)
		return r;
	bind_headline(query, event);
	return run_one(db, query, event->id, err);
}

static const char note_sql[] =
	"INSERT INTO event_steps (event_id, unix_ms, who, why, state_from, state_to) "
	"SELECT id, :now, :who, :why, state, state FROM events WHERE id = :id";

int event_note(struct db *db, int64_t id, const char *who, const char *why, int64_t now_unix_ms,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_one(db, note_sql, id, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":now", now_unix_ms);
	query_bind_text(query, ":who", who);
	query_bind_text(query, ":why", why);
	return run_one(db, query, id, err);
}

int event_add_evidence(struct db *db, int64_t id, int64_t comparison_id, enum event_role role,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"INSERT INTO event_comparisons (event_id, comparison_id, role, unix_ms) "
		"VALUES (:id, :comparison, :role, :now) ON CONFLICT DO NOTHING",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	query_bind_int(query, ":comparison", comparison_id);
	query_bind_text(query, ":role", event_role_name(role));
	query_bind_int(query, ":now", now_unix_ms);
	r = query_run(query, err);
	if (r < 0 || db_changes(db) != 1)
		return r;
	r = settle_levels(db, id, err);
	return r < 0 ? r : 1;
}

static const char add_cell_sql[] =
	"INSERT OR REPLACE INTO event_cells (event_id, host_id, scenario, mode, metric, unit, "
	"change, low, high, minimum, base_value, new_value) "
	"VALUES (:id, :host, :scenario, :mode, :metric, :unit, :change, :low, :high, :minimum, "
	":base, :new)";

int event_add_cells(struct db *db, int64_t id, const struct event_cell *cells, size_t count,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, add_cell_sql, &query, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		query_bind_int(query, ":id", id);
		query_bind_int(query, ":host", cells[i].host_id);
		query_bind_text(query, ":scenario", cells[i].scenario);
		query_bind_text(query, ":mode", cells[i].mode);
		query_bind_text(query, ":metric", cells[i].metric);
		query_bind_text(query, ":unit", cells[i].unit);
		query_bind_real(query, ":change", cells[i].change);
		query_bind_real(query, ":low", cells[i].low);
		query_bind_real(query, ":high", cells[i].high);
		query_bind_real(query, ":minimum", cells[i].minimum);
		query_bind_real(query, ":base", cells[i].base_value);
		query_bind_real(query, ":new", cells[i].new_value);
		r = query_run(query, err);
	}
	return r;
}

int event_attach(struct db *db, int64_t id, bool level, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_one(db,
		"UPDATE events SET attached = attached + 1, updated_unix_ms = :now, "
		"level_unix_ms = CASE WHEN :level THEN coalesce(level_unix_ms, :now) "
		"ELSE level_unix_ms END WHERE id = :id",
		id, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":level", level);
	query_bind_int(query, ":now", now_unix_ms);
	r = run_one(db, query, id, err);
	return r < 0 ? r : settle_levels(db, id, err);
}

int event_narrow(struct db *db, int64_t id, int64_t from_commit, int64_t to_commit,
	int64_t culprit, int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_one(db,
		"UPDATE events SET from_commit = :from, to_commit = :to, "
		"culprit = nullif(:culprit, 0), updated_unix_ms = :now WHERE id = :id",
		id, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":from", from_commit);
	query_bind_int(query, ":to", to_commit);
	query_bind_int(query, ":culprit", culprit);
	query_bind_int(query, ":now", now_unix_ms);
	return run_one(db, query, id, err);
}

int event_tell(struct db *db, int64_t id, const char *told, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = open_one(db, "UPDATE events SET told = :told WHERE id = :id", id, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":told", told);
	return run_one(db, query, id, err);
}
