/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/kernelpages.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

static const char commit_sql[] =
	"SELECT m.oid, m.parent, m.subject, m.author, m.commit_time_s, "
	"(SELECT c.branch FROM comparisons c WHERE c.new_commit = m.id AND c.branch IS NOT "
	"NULL "
	" ORDER BY c.id DESC LIMIT 1), "
	"(SELECT c.branch FROM comparisons c WHERE c.base_commit = m.id "
	" AND c.branch IS NOT NULL ORDER BY c.id DESC LIMIT 1) "
	"FROM commits m WHERE m.id = :id";

static int load_commit(struct db *db, int64_t id, struct kernel_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, commit_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r == 0)
		return err_set(err, -ENOENT, "there is no commit number %lld", (long long)id);
	if (r < 0)
		return r;
	page->oid = query_text_dup(query, 0);
	page->parent = query_text_dup(query, 1);
	page->subject = query_text_dup(query, 2);
	page->author = query_text_dup(query, 3);
	page->commit_unix_ms = query_int(query, 4) * 1000;
	page->branch = query_text_dup(query, query_text(query, 5) ? 5 : 6);
	return 0;
}

static const char builds_sql[] =
	"SELECT recipe, toolchain, config_hash, release, build_id, image_hash, failure, "
	"symptom, "
	"reason, log_path, built_unix_ms, "
	"(SELECT m.oid FROM kernels o JOIN commits m ON m.id = o.commit_id "
	" WHERE o.image_hash = k.image_hash AND o.commit_id <> k.commit_id "
	" ORDER BY o.id LIMIT 1), prebuilt "
	"FROM kernels k WHERE commit_id = :id ORDER BY id DESC";

static int load_builds(struct db *db, int64_t id, struct kernel_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, builds_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0) {
		page->builds =
			mem_grow(page->builds, page->build_count + 1, sizeof(*page->builds));
		page->builds[page->build_count++] = (struct kernel_page_build){
			.recipe = query_text_dup(query, 0),
			.toolchain = query_text_dup(query, 1),
			.config_hash = query_text_dup(query, 2),
			.release = query_text_dup(query, 3),
			.build_id = query_text_dup(query, 4),
			.image_hash = query_text_dup(query, 5),
			.failure = failure_from_name(query_text(query, 6)),
			.symptom = symptom_from_name(query_text(query, 7)),
			.reason = query_text_dup(query, 8),
			.log_path = query_text_dup(query, 9),
			.built_unix_ms = query_int(query, 10),
			.twin_oid = query_text_dup(query, 11),
			.prebuilt = query_int(query, 12) != 0,
		};
	}
	return r;
}

static const char boots_sql[] =
	"SELECT b.id, h.name, b.state, b.failure, b.symptom, b.started_unix_ms, "
	"count(*) OVER (), sum(b.state <> 'done') OVER () "
	"FROM kernels k JOIN boots b ON b.kernel_id = k.id "
	"JOIN comparisons c ON c.id = b.comparison_id JOIN hosts h ON h.id = c.host_id "
	"WHERE k.commit_id = :id AND b.state <> 'running' ORDER BY b.id DESC LIMIT 60";

static int load_boots(struct db *db, int64_t id, struct kernel_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, boots_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0) {
		bool lost = strcmp(query_text(query, 2), "lost") == 0;

		page->boots = mem_grow(page->boots, page->boot_count + 1, sizeof(*page->boots));
		page->boots[page->boot_count++] = (struct kernel_page_boot){
			.id = query_int(query, 0),
			.host = query_text_dup(query, 1),
			.failure =
				lost ? FAILURE_LINK : failure_from_name(query_text(query, 3)),
			.symptom =
				lost ? SYMPTOM_LOST : symptom_from_name(query_text(query, 4)),
			.started_unix_ms = query_int(query, 5),
		};
		page->boots_in_all = (size_t)query_int(query, 6);
		page->boots_failed = (size_t)query_int(query, 7);
	}
	return r;
}

static const char comparisons_sql[] =
	"SELECT h.name, c.kind, c.state, x.oid, y.oid, c.updated_unix_ms, count(*) OVER () "
	"FROM (SELECT id FROM comparisons WHERE base_commit = :id "
	" UNION SELECT id FROM comparisons WHERE new_commit = :id) u "
	"JOIN comparisons c ON c.id = u.id JOIN hosts h ON h.id = c.host_id "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"ORDER BY c.id DESC LIMIT 60";

static int load_comparisons(
	struct db *db, int64_t id, struct kernel_page *page, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, comparisons_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	while ((r = query_step(query, err)) > 0) {
		page->comparisons = mem_grow(page->comparisons, page->comparison_count + 1,
			sizeof(*page->comparisons));
		page->comparisons[page->comparison_count++] = (struct kernel_page_comparison){
			.host = query_text_dup(query, 0),
			.kind = query_text_dup(query, 1),
			.state = query_text_dup(query, 2),
			.base_oid = query_text_dup(query, 3),
			.fresh_oid = query_text_dup(query, 4),
			.updated_unix_ms = query_int(query, 5),
		};
		page->comparisons_in_all = (size_t)query_int(query, 6);
	}
	return r;
}

int kernel_page_load(struct db *db, int64_t commit_id, struct kernel_page *ret, struct err *err)
{
	struct kernel_page page = {0};
	int r = load_commit(db, commit_id, &page, err);

	if (r == 0)
		r = load_builds(db, commit_id, &page, err);
	if (r == 0)
		r = load_boots(db, commit_id, &page, err);
	if (r == 0)
		r = load_comparisons(db, commit_id, &page, err);
	if (r < 0) {
		kernel_page_clear(&page);
		return r;
	}
	*ret = page;
	return 0;
}
