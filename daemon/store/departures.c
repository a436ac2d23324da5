/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/departures.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

int departure_store(
	struct db *db, int64_t boot_id, const struct departure *departure, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"INSERT INTO departures (boot_row, cmdline, old_boot_id, golden_release) "
		"VALUES (:boot, :cmdline, :old, :golden)",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot_id);
	query_bind_text(query, ":cmdline", departure->cmdline);
	query_bind_text(query, ":old", departure->old_boot_id);
	query_bind_text(query, ":golden", departure->golden_release);
	return query_run(query, err);
}

#define LOST_BEFORE                                                                   \
	"l.comparison_id = b.comparison_id AND l.kernel_id = b.kernel_id "            \
	"AND l.state = 'lost' AND l.sequence > (SELECT coalesce(max(e.sequence), 0) " \
	"FROM boots e WHERE e.comparison_id = b.comparison_id "                       \
	"AND e.kernel_id = b.kernel_id AND e.state IN ('done', 'failed'))"

static const char load_sql[] =
	"SELECT d.cmdline, d.old_boot_id, d.golden_release, b.side, b.kernel_id, b.failure, "
	"b.symptom, b.reason, b.boot_id, b.release, b.build_id, b.cmdline, b.kvm_mode, "
	"coalesce(b.taint, 0), coalesce(b.kexec_ms, 0), "
	"(SELECT count(*) FROM processes p WHERE p.boot_id = b.id AND p.failure = 'none'), "
	"(SELECT count(*) FROM processes p WHERE p.boot_id = b.id AND p.failure <> 'none'), "
	"(SELECT count(*) FROM boots l WHERE " LOST_BEFORE
	"), "
	"(SELECT count(*) FROM boots l WHERE " LOST_BEFORE
	" AND l.symptom = 'reset') "
	"FROM departures d JOIN boots b ON b.id = d.boot_row "
	"WHERE b.id = :boot AND b.state = 'running'";

int unfinished_load(struct db *db, int64_t boot_id, struct unfinished *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, load_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot_id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct unfinished){
		.departure = {query_text_dup(query, 0), query_text_dup(query, 1),
			query_text_dup(query, 2)},
		.side = query_text(query, 3)[0],
		.kernel_id = query_int(query, 4),
		.report = {.failure = failure_from_name(query_text(query, 5)),
			.symptom = symptom_from_name(query_text(query, 6)),
			.reason = query_text_dup(query, 7),
			.boot_id = query_text_dup(query, 8),
			.release = query_text_dup(query, 9),
			.build_id = query_text_dup(query, 10),
			.cmdline = query_text_dup(query, 11),
			.kvm_mode = query_text_dup(query, 12),
			.taint = (uint64_t)query_int(query, 13),
			.kexec_ms = query_int(query, 14)},
		.processes = (size_t)query_int(query, 15),
		.rejected = (size_t)query_int(query, 16),
		.lost = (int)query_int(query, 17),
		.resets = (int)query_int(query, 18),
	};
	return 1;
}

void unfinished_clear(struct unfinished *unfinished)
{
	departure_clear(&unfinished->departure);
	boot_report_clear(&unfinished->report);
	memset(unfinished, 0, sizeof(*unfinished));
}

int boot_lose(struct db *db, int64_t boot_id, enum symptom symptom, const char *reason,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"UPDATE boots SET state = 'lost', symptom = :symptom, reason = :reason "
		"WHERE id = :boot AND state = 'running'",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":boot", boot_id);
	query_bind_text(query, ":symptom", symptom_name(symptom));
	query_bind_text(query, ":reason", reason);
	return query_run(query, err);
}
