/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/hostpages.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"

enum { FACTS_LIMIT_BYTES = 4 << 20 };

static const char entries_sql[] =
	"SELECT h.id, h.name, h.driver, h.health, h.health_reason, h.health_unix_ms, "
	"count(b.id), max(b.id), max(b.ended_unix_ms), sum(b.state <> 'done'), "
	"(SELECT max(s.id) FROM host_steps s WHERE s.host_id = h.id), "
	"(SELECT count(*) || ' ' || max(x.updated_unix_ms) FROM comparisons x "
	" WHERE x.host_id = h.id AND x.state = 'done'), "
	"(SELECT count(*) FROM series s JOIN epochs e ON e.id = s.epoch_id "
	" WHERE e.host_id = h.id) "
	"FROM hosts h LEFT JOIN comparisons c ON c.host_id = h.id "
	"LEFT JOIN boots b ON b.comparison_id = c.id AND b.state <> 'running' "
	"GROUP BY h.id ORDER BY h.name";
enum { ENTRIES_COLUMNS = 13 };

int host_entries_load(
	struct db *db, struct host_entry **ret, size_t *ret_count, struct err *err)
{
	auto_query struct query *query = NULL;
	struct host_entry *entries = NULL;
	size_t count = 0;
	int r = query_open(db, entries_sql, &query, err);

	while (r == 0 && (r = query_step(query, err)) > 0) {
		entries = mem_grow(entries, count + 1, sizeof(*entries));
		entries[count] = (struct host_entry){.id = query_int(query, 0),
			.name = query_text_dup(query, 1),
			.print = FINGERPRINT_INIT};
		for (int i = 0; i < ENTRIES_COLUMNS; i++)
			entries[count].print =
				fingerprint_text(entries[count].print, query_text(query, i));
		count++;
		r = 0;
	}
	*ret = entries;
	*ret_count = count;
	return r;
}

static const char host_sql[] =
	"SELECT h.name, h.driver, h.emulated, h.health, h.health_reason, h.health_unix_ms, "
	"max(b.ended_unix_ms), count(b.id), coalesce(sum(b.state <> 'done'), 0), "
	"sum(b.kexec_ms > 0), avg(CASE WHEN b.kexec_ms > 0 THEN b.kexec_ms END) "
	"FROM hosts h LEFT JOIN comparisons c ON c.host_id = h.id "
	"LEFT JOIN boots b ON b.comparison_id = c.id AND b.state <> 'running' "
	"WHERE h.id = :id GROUP BY h.id";

static int load_head(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, host_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	r = query_step(query, err);
	if (r <= 0)
		return r < 0 ? r
			     : err_set(err, -ENOENT, "there is no host %lld",
				       (long long)page->id);
	page->name = query_text_dup(query, 0);
	page->driver = query_text_dup(query, 1);
	page->emulated = query_int(query, 2) != 0;
	page->health = query_text_dup(query, 3);
	page->health_reason = query_text_dup(query, 4);
	page->health_unix_ms = query_int(query, 5);
	page->seen_unix_ms = query_int(query, 6);
	page->boots = (size_t)query_int(query, 7);
	page->boots_failed = (size_t)query_int(query, 8);
	page->kexecs = (size_t)query_int(query, 9);
	page->kexec_mean_ms = query_real(query, 10);
	return 0;
}

static int load_facts(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	const void *packed;
	size_t packed_bytes, bytes;
	int r = query_open(db,
		"SELECT b.facts_z FROM boots b JOIN comparisons c ON c.id = b.comparison_id "
		"WHERE c.host_id = :id AND b.state = 'done' AND b.facts_z IS NOT NULL "
		"ORDER BY b.id DESC LIMIT 1",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	packed = query_blob(query, 0, &packed_bytes);
	return packed ? zip_unpack(packed, packed_bytes, FACTS_LIMIT_BYTES, &page->facts,
				&bytes, err)
		      : 0;
}

static int load_steps(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT unix_ms, what, text FROM host_steps WHERE host_id = :id "
		"ORDER BY id DESC LIMIT 50",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	while ((r = query_step(query, err)) > 0) {
		page->steps = mem_grow(page->steps, page->step_count + 1, sizeof(*page->steps));
		page->steps[page->step_count++] = (struct host_page_step){query_int(query, 0),
			query_text_dup(query, 1), query_text_dup(query, 2)};
	}
	return r;
}

static const char failed_sql[] =
	"SELECT b.id, m.oid, b.state, b.failure, b.symptom, b.reason, b.started_unix_ms "
	"FROM boots b JOIN comparisons c ON c.id = b.comparison_id "
	"JOIN kernels k ON k.id = b.kernel_id JOIN commits m ON m.id = k.commit_id "
	"WHERE c.host_id = :id AND b.state IN ('failed', 'lost') ORDER BY b.id DESC LIMIT 50";

static int load_failed(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, failed_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	while ((r = query_step(query, err)) > 0) {
		bool lost = strcmp(query_text(query, 2), "lost") == 0;

		page->failed =
			mem_grow(page->failed, page->failed_count + 1, sizeof(*page->failed));
		page->failed[page->failed_count++] = (struct host_page_boot){
			.id = query_int(query, 0),
			.oid = query_text_dup(query, 1),
			.failure =
				lost ? FAILURE_LINK : failure_from_name(query_text(query, 3)),
			.symptom =
				lost ? SYMPTOM_LOST : symptom_from_name(query_text(query, 4)),
			.reason = query_text_dup(query, 5),
			.started_unix_ms = query_int(query, 6),
		};
	}
	return r;
}

static const char aa_sql[] =
	"SELECT x.oid, y.oid, c.updated_unix_ms, c.id FROM comparisons c "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"WHERE c.host_id = :id AND c.state = 'done' AND (c.kind = 'aa' OR EXISTS ("
	" SELECT 1 FROM kernels a JOIN kernels b ON a.image_hash = b.image_hash "
	" WHERE a.commit_id = c.base_commit AND b.commit_id = c.new_commit "
	" AND a.recipe = c.recipe AND b.recipe = c.recipe)) ORDER BY c.id DESC LIMIT 100";

static int load_aa(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, aa_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	while ((r = query_step(query, err)) > 0) {
		page->aa = mem_grow(page->aa, page->aa_count + 1, sizeof(*page->aa));
		page->aa[page->aa_count++] = (struct host_page_aa){
			.base_oid = query_text_dup(query, 0),
			.fresh_oid = query_text_dup(query, 1),
			.updated_unix_ms = query_int(query, 2),
			.id = query_int(query, 3),
		};
	}
	return r;
}

static const char checks_sql[] =
	"SELECT x.oid, y.oid, k.verdict, k.control, k.baseline, k.drift, k.drift_moved, k.aa, "
	"k.checked_unix_ms FROM host_checks k JOIN comparisons c ON c.id = k.comparison_id "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"WHERE c.host_id = :id AND c.state = 'done' ORDER BY k.comparison_id DESC LIMIT 50";

static double told(struct query *query, int column)
{
	return query_text(query, column) ? query_real(query, column) : NAN;
}

static int load_checks(struct db *db, struct host_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, checks_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", page->id);
	while ((r = query_step(query, err)) > 0) {
		page->checks =
			mem_grow(page->checks, page->check_count + 1, sizeof(*page->checks));
		page->checks[page->check_count++] = (struct host_page_check){
			.base_oid = query_text_dup(query, 0),
			.fresh_oid = query_text_dup(query, 1),
			.verdict = query_text_dup(query, 2),
			.control = told(query, 3),
			.baseline = told(query, 4),
			.drift = told(query, 5),
			.drift_moved = query_int(query, 6) != 0,
			.aa = query_int(query, 7) != 0,
			.checked_unix_ms = query_int(query, 8),
		};
	}
	return r;
}

int host_page_load(struct db *db, int64_t host_id, struct host_page *ret, struct err *err)
{
	struct host_page page = {.id = host_id};
	int r = load_head(db, &page, err);

	if (r == 0)
		r = load_facts(db, &page, err);
	if (r == 0)
		r = load_steps(db, &page, err);
	if (r == 0)
		r = load_failed(db, &page, err);
	if (r == 0)
		r = load_aa(db, &page, err);
	if (r == 0)
		r = load_checks(db, &page, err);
	if (r < 0) {
		host_page_clear(&page);
		return r;
	}
	*ret = page;
	return 0;
}
