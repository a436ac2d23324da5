/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/checks.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "rules/hostcheck.h"

static const char store_sql[] =
	"INSERT OR REPLACE INTO host_checks (comparison_id, verdict, aa, flagged, control, "
	"baseline, drift, drift_moved, between_kernels, between_half, between_moved, "
	"checked_unix_ms) VALUES (:id, :verdict, :aa, :flagged, :control, :baseline, :drift, "
	":moved, :between, :half, :between_moved, :now)";

/* An unbound parameter is NULL. */
static void bind_told(struct query *query, const char *name, double value)
{
	if (isfinite(value))
		query_bind_real(query, name, value);
}

int check_store(struct db *db, int64_t comparison_id, const struct check_row *row,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, store_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	query_bind_text(query, ":verdict", row->verdict);
	query_bind_int(query, ":aa", row->aa);
	query_bind_int(query, ":flagged", row->flagged);
	bind_told(query, ":control", row->control);
	bind_told(query, ":baseline", row->baseline);
	bind_told(query, ":drift", row->drift);
	query_bind_int(query, ":moved", row->drift_moved);
	bind_told(query, ":between", row->between);
	bind_told(query, ":half", row->between_half);
	query_bind_int(query, ":between_moved", row->between_moved);
	query_bind_int(query, ":now", now_unix_ms);
	return query_run(query, err);
}

static double told(struct query *query, int column)
{
	return query_text(query, column) ? query_real(query, column) : NAN;
}

int check_load(struct db *db, int64_t comparison_id, struct check_row *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT verdict, aa, flagged, control, baseline, drift, drift_moved, "
		"checked_unix_ms, between_kernels, between_half, between_moved FROM "
		"host_checks WHERE comparison_id = :id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", comparison_id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct check_row){
		.verdict = hostcheck_name(hostcheck_from_name(query_text(query, 0))),
		.aa = query_int(query, 1) != 0,
		.flagged = query_int(query, 2),
		.control = told(query, 3),
		.baseline = told(query, 4),
		.drift = told(query, 5),
		.drift_moved = query_int(query, 6) != 0,
		.checked_unix_ms = query_int(query, 7),
		.between = told(query, 8),
		.between_half = told(query, 9),
		.between_moved = query_int(query, 10) != 0,
	};
	return 1;
}

int checks_count_aa(struct db *db, int64_t host_id, int64_t until_unix_ms, int *ret_runs,
	int *ret_alerts, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT count(*), count(*) FILTER (WHERE k.flagged > 0) FROM host_checks k "
		"JOIN comparisons c ON c.id = k.comparison_id WHERE k.aa = 1 "
		"AND k.checked_unix_ms <= :until AND c.state = 'done' AND (:host = 0 OR "
		"c.host_id = :host)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":host", host_id);
	query_bind_int(query, ":until", until_unix_ms);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret_runs = (int)query_int(query, 0);
	*ret_alerts = (int)query_int(query, 1);
	return 0;
}
