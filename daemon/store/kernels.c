/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char commit_insert_sql[] =
	"INSERT INTO commits (oid, tree, parent, subject, author, people, "
	"commit_time_s) VALUES (:oid, :tree, :parent, :subject, :author, :people, :time) "
	"ON CONFLICT (oid) DO UPDATE SET oid = excluded.oid RETURNING id";

int commit_store(struct db *db, struct commit *commit, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, commit_insert_sql, &query, err);
	int64_t id = 0;

	if (r < 0)
		return r;
	query_bind_text(query, ":oid", commit->oid);
	query_bind_text(query, ":tree", commit->tree);
	query_bind_text(query, ":parent", commit->parent);
	query_bind_text(query, ":subject", commit->subject ? commit->subject : "");
	query_bind_text(query, ":author", commit->author ? commit->author : "");
	query_bind_text(query, ":people", commit->people ? commit->people : "");
	query_bind_int(query, ":time", commit->commit_time_s);
	while ((r = query_step(query, err)) > 0)
		id = query_int(query, 0);
	if (r == 0)
		commit->id = id;
	return r;
}

int commit_load(struct db *db, int64_t id, struct commit *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT oid, tree, parent, subject, author, commit_time_s FROM commits "
		"WHERE id = :id",
		&query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret = (struct commit){
		.id = id,
		.subject = query_text_dup(query, 3),
		.author = query_text_dup(query, 4),
		.commit_time_s = query_int(query, 5),
	};
	snprintf(ret->oid, sizeof(ret->oid), "%s", query_text(query, 0));
	snprintf(ret->tree, sizeof(ret->tree), "%s", query_text(query, 1));
	snprintf(ret->parent, sizeof(ret->parent), "%s", query_text(query, 2));
	return 1;
}

void kernel_record_clear(struct kernel_record *record)
{
	kernel_clear(&record->kernel);
	free(record->reason);
	memset(record, 0, sizeof(*record));
}

static const char kernel_select_sql[] =
	"SELECT id, failure, symptom, reason, config_hash, toolchain, release, build_id, "
	"image_hash, image_path, log_path, prebuilt FROM kernels "
	"WHERE commit_id = :commit AND recipe = :recipe";

int kernel_find(struct db *db, int64_t commit_id, const char *recipe, struct kernel_record *ret,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, kernel_select_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":commit", commit_id);
	query_bind_text(query, ":recipe", recipe);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	ret->kernel.id = query_int(query, 0);
	ret->kernel.commit_id = commit_id;
	ret->failure = failure_from_name(query_text(query, 1));
	ret->symptom = symptom_from_name(query_text(query, 2));
	ret->reason = query_text_dup(query, 3);
	ret->kernel.config_hash = query_text_dup(query, 4);
	ret->kernel.toolchain = query_text_dup(query, 5);
	ret->kernel.release = query_text_dup(query, 6);
	ret->kernel.build_id = query_text_dup(query, 7);
	ret->kernel.image_hash = query_text_dup(query, 8);
	ret->kernel.image_path = query_text_dup(query, 9);
	ret->kernel.log_path = query_text_dup(query, 10);
	ret->kernel.prebuilt = query_int(query, 11) != 0;
	return 1;
}

static const char kernel_upsert_sql[] =
	"INSERT INTO kernels (commit_id, recipe, toolchain, failure, symptom, reason, "
	"config_hash, release, build_id, image_hash, image_path, log_path, prebuilt, "
	"built_unix_ms) "
	"VALUES (:commit, :recipe, :toolchain, :failure, :symptom, :reason, "
	":config, :release, :build_id, :image_hash, :image, :log, :prebuilt, :now) "
	"ON CONFLICT (commit_id, recipe) DO UPDATE SET toolchain = excluded.toolchain, "
	"failure = excluded.failure, symptom = excluded.symptom, reason = excluded.reason, "
	"config_hash = excluded.config_hash, release = excluded.release, "
	"build_id = excluded.build_id, image_hash = excluded.image_hash, "
	"image_path = excluded.image_path, log_path = excluded.log_path, "
	"prebuilt = excluded.prebuilt, "
	"built_unix_ms = excluded.built_unix_ms RETURNING id";

int kernel_store(struct db *db, const char *recipe, struct kernel_record *record,
	int64_t now_unix_ms, struct err *err)
{
	auto_query struct query *query = NULL;
	struct kernel *kernel = &record->kernel;
	int r = query_open(db, kernel_upsert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":commit", kernel->commit_id);
	query_bind_text(query, ":recipe", recipe);
	query_bind_text(query, ":toolchain", kernel->toolchain ? kernel->toolchain : "");
	query_bind_text(query, ":failure", failure_name(record->failure));
	query_bind_text(query, ":symptom", symptom_name(record->symptom));
	query_bind_text(query, ":reason", record->reason);
	query_bind_text(query, ":config", kernel->config_hash);
	query_bind_text(query, ":release", kernel->release);
	query_bind_text(query, ":build_id", kernel->build_id);
	query_bind_text(query, ":image_hash", kernel->image_hash);
	query_bind_text(query, ":image", kernel->image_path);
	query_bind_text(query, ":log", kernel->log_path);
	query_bind_int(query, ":prebuilt", kernel->prebuilt);
	query_bind_int(query, ":now", now_unix_ms);
	while ((r = query_step(query, err)) > 0)
		kernel->id = query_int(query, 0);
	return r;
}

int test_find(
	struct db *db, int64_t test_id, char **ret_path, char **ret_sha256, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, "SELECT path, sha256 FROM tests WHERE id = :id", &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":id", test_id);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret_path = query_text_dup(query, 0);
	*ret_sha256 = query_text_dup(query, 1);
	return 1;
}

static const char test_built_sql[] =
	"SELECT id, path FROM tests WHERE source_oid = :oid "
	"AND substr(path, -length(:program) - 1) = '/' || :program ORDER BY id DESC LIMIT 1";

int test_find_built(struct db *db, const char *source_oid, const char *program, int64_t *ret_id,
	char **ret_path, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, test_built_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":oid", source_oid);
	query_bind_text(query, ":program", program);
	r = query_step(query, err);
	if (r <= 0)
		return r;
	*ret_id = query_int(query, 0);
	*ret_path = query_text_dup(query, 1);
	return 1;
}

static const char test_insert_sql[] =
	"INSERT INTO tests (sha256, path, source_oid, built_unix_ms) "
	"VALUES (:sha256, :path, :oid, :now) "
	"ON CONFLICT (sha256) DO UPDATE SET path = excluded.path, "
	"source_oid = excluded.source_oid RETURNING id";

int test_store(struct db *db, const char *sha256, const char *path, const char *source_oid,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, test_insert_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_text(query, ":sha256", sha256);
	query_bind_text(query, ":path", path);
	query_bind_text(query, ":oid", source_oid);
	query_bind_int(query, ":now", now_unix_ms);
	while ((r = query_step(query, err)) > 0)
		*ret_id = query_int(query, 0);
	return r;
}
