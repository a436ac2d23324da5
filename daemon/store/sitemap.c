/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sitemap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Hashes a row's columns from `first` on. */
static fingerprint print_row(struct query *query, fingerprint print, int first, int count)
{
	for (int i = first; i < count; i++)
		print = fingerprint_text(print, query_text(query, i));
	return print;
}

static struct site_entry *add_entry(struct site_entry **entries, size_t *count)
{
	if ((*count & (*count - 1)) == 0)
		*entries = mem_grow(*entries, *count ? 2 * *count : 1, sizeof(**entries));
	return &(*entries)[(*count)++];
}

/* What a boot was does not change any more once it has ended. */
static const char boots_sql[] =
	"SELECT id, state, started_unix_ms, ended_unix_ms, failure, symptom, "
	"comparison_id FROM boots WHERE state <> 'running' ORDER BY id";
enum { BOOTS_COLUMNS = 7 };

static int load_boots(struct db *db, fingerprint seed, struct site_map *map, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, boots_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		*add_entry(&map->boots, &map->boot_count) = (struct site_entry){
			.id = query_int(query, 0),
			.print = print_row(query, seed, 0, BOOTS_COLUMNS),
		};
	return r;
}

/* A commit's page shows its builds, their boots and the comparisons it took part in. */
static const char kernels_sql[] =
	"SELECT k.commit_id, m.oid, k.id, k.failure, k.symptom, k.built_unix_ms, k.image_hash, "
	"(SELECT count(*) || ' ' || coalesce(max(b.id), 0) || ' ' || "
	" coalesce(max(b.ended_unix_ms), 0) FROM boots b WHERE b.kernel_id = k.id "
	" AND b.state <> 'running') "
	"FROM kernels k JOIN commits m ON m.id = k.commit_id ORDER BY k.commit_id, k.id";
enum { KERNELS_COLUMNS = 8 };

static void take_kernel(struct query *query, fingerprint seed, struct site_map *map)
{
	struct site_entry *last =
		map->kernel_count ? &map->kernels[map->kernel_count - 1] : NULL;

	if (!last || last->id != query_int(query, 0)) {
		if ((map->text_count & (map->text_count - 1)) == 0)
			map->texts = mem_grow(map->texts,
				map->text_count ? 2 * map->text_count : 1, sizeof(char *));
		map->texts[map->text_count] = query_text_dup(query, 1);
		last = add_entry(&map->kernels, &map->kernel_count);
		*last = (struct site_entry){
			.id = query_int(query, 0),
			.oid = map->texts[map->text_count++],
			.print = seed,
		};
	}
	last->print = print_row(query, last->print, 0, KERNELS_COLUMNS);
}

static const char uses_sql[] =
	"SELECT commit_id, max(id), count(*), max(updated_unix_ms), sum(state = 'done') FROM ("
	"SELECT new_commit AS commit_id, id, updated_unix_ms, state FROM comparisons "
	"UNION ALL "
	"SELECT base_commit, id, updated_unix_ms, state FROM comparisons) "
	"GROUP BY commit_id ORDER BY commit_id";
enum { USES_COLUMNS = 5 };

static int load_kernels(struct db *db, fingerprint seed, struct site_map *map, struct err *err)
{
	auto_query struct query *query = NULL, *uses = NULL;
	size_t at = 0;
	int r = query_open(db, kernels_sql, &query, err);

	if (r == 0)
		r = query_open(db, uses_sql, &uses, err);
	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		take_kernel(query, seed, map);
	while (r == 0 && (r = query_step(uses, err)) > 0) {
		int64_t commit = query_int(uses, 0);

		while (at < map->kernel_count && map->kernels[at].id < commit)
			at++;
		if (at < map->kernel_count && map->kernels[at].id == commit)
			map->kernels[at].print =
				print_row(uses, map->kernels[at].print, 0, USES_COLUMNS);
		r = 0;
	}
	return r;
}

static const char comparisons_sql[] =
	"SELECT c.id, h.name, h.emulated, c.branch, c.kind, c.state, x.oid, y.oid, "
	"substr(y.subject, 1, 200), c.updated_unix_ms, "
	"lag(c.id) OVER line, lead(c.id) OVER line, s.answer, "
	"c.kind = 'screen' AND c.state = 'done' AND "
	"row_number() OVER (PARTITION BY c.host_id, c.kind ORDER BY c.id DESC) > :whole, "
	"(SELECT max(v.event_id) FROM event_comparisons v WHERE v.comparison_id = c.id), "
	"c.branch IS NOT NULL AND EXISTS (SELECT 1 FROM boots b WHERE b.comparison_id = c.id "
	" AND b.state = 'done' AND b.epoch_id IS NOT NULL), "
	/* from here on only hashed */
	"c.reason, (SELECT count(*) || ' ' || coalesce(max(b.ended_unix_ms), 0) FROM boots b "
	" WHERE b.comparison_id = c.id AND b.state <> 'running'), "
	"(SELECT group_concat(v.event_id || v.role || e.state || ' ' || e.to_commit || ' ' || "
	" coalesce(e.culprit, 0)) FROM event_comparisons v "
	" JOIN events e ON e.id = v.event_id WHERE v.comparison_id = c.id), "
	"(SELECT group_concat(k.failure || k.built_unix_ms) FROM kernels k "
	" WHERE k.commit_id IN (c.base_commit, c.new_commit) AND k.recipe = c.recipe) "
	"FROM comparisons c JOIN hosts h ON h.id = c.host_id "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"LEFT JOIN screens s ON s.comparison_id = c.id "
	"WINDOW line AS (PARTITION BY c.host_id, c.branch ORDER BY c.id) ORDER BY c.id DESC";
enum { COMPARISONS_COLUMNS = 20, SCREENS_WHOLE = 40 };

static void take_comparison(struct query *query, fingerprint seed, struct site_map *map)
{
	if ((map->comparison_count & (map->comparison_count - 1)) == 0)
		map->comparisons = mem_grow(map->comparisons,
			map->comparison_count ? 2 * map->comparison_count : 1,
			sizeof(*map->comparisons));
	map->comparisons[map->comparison_count++] = (struct site_comparison){
		.id = query_int(query, 0),
		.host = query_text_dup(query, 1),
		.emulated = query_int(query, 2) != 0,
		.branch = query_text_dup(query, 3),
		.kind = query_text_dup(query, 4),
		.state = query_text_dup(query, 5),
		.base_oid = query_text_dup(query, 6),
		.fresh_oid = query_text_dup(query, 7),
		.subject = query_text_dup(query, 8),
		.updated_unix_ms = query_int(query, 9),
		.previous = query_int(query, 10),
		.next = query_int(query, 11),
		.answer = query_text_dup(query, 12),
		.is_brief = query_int(query, 13) != 0,
		.event = query_int(query, 14),
		.has_drift = query_int(query, 15) != 0,
		.print = print_row(query, seed, 0, COMPARISONS_COLUMNS),
	};
}

/* By address; of one address those that are not running first, then the newest. */
static int compare_address(const void *left, const void *right)
{
	const struct site_comparison *a = *(const struct site_comparison *const *)left;
	const struct site_comparison *b = *(const struct site_comparison *const *)right;
	int running_a = strcmp(a->state, "running") == 0;
	int running_b = strcmp(b->state, "running") == 0;
	int order = strcmp(a->host, b->host);

	if (order == 0)
		order = strcmp(a->base_oid, b->base_oid);
	if (order == 0)
		order = strcmp(a->fresh_oid, b->fresh_oid);
	if (order == 0)
		order = running_a - running_b;
	return order ? order : a->id > b->id ? -1 : a->id < b->id;
}

/* While a comparison is measured anew, the page keeps what was found before. */
static void choose_pages(struct site_map *map)
{
	auto_free struct site_comparison **all =
		MEM_NEW(struct site_comparison *, map->comparison_count);

	for (size_t i = 0; i < map->comparison_count; i++)
		all[i] = &map->comparisons[i];
	if (map->comparison_count)
		qsort(all, map->comparison_count, sizeof(*all), compare_address);
	for (size_t i = 0; i < map->comparison_count; i++)
		all[i]->has_page = i == 0 || strcmp(all[i]->host, all[i - 1]->host) ||
				   strcmp(all[i]->base_oid, all[i - 1]->base_oid) ||
				   strcmp(all[i]->fresh_oid, all[i - 1]->fresh_oid);
}

static int load_comparisons(
	struct db *db, fingerprint seed, struct site_map *map, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, comparisons_sql, &query, err);

	if (r < 0)
		return r;
	query_bind_int(query, ":whole", SCREENS_WHOLE);
	while ((r = query_step(query, err)) > 0)
		take_comparison(query, seed, map);
	if (r == 0)
		choose_pages(map);
	return r;
}

static const char events_sql[] =
	"SELECT e.id, e.state, e.updated_unix_ms, e.attached, e.culprit, "
	"(SELECT count(*) || ' ' || max(s.id) FROM event_steps s WHERE s.event_id = e.id), "
	"(SELECT count(*) FROM event_comparisons c WHERE c.event_id = e.id), "
	"(SELECT count(*) || group_concat(o.state || o.updated_unix_ms) FROM outbox o "
	" WHERE o.event_id = e.id) FROM events e ORDER BY e.id DESC";
enum { EVENTS_COLUMNS = 8 };

static int load_events(struct db *db, fingerprint seed, struct site_map *map, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, events_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		*add_entry(&map->events, &map->event_count) = (struct site_entry){
			.id = query_int(query, 0),
			.print = print_row(query, seed, 0, EVENTS_COLUMNS),
		};
	return r;
}

int site_map_load(struct db *db, fingerprint seed, struct site_map *ret, struct err *err)
{
	struct site_map map = {0};
	int r = load_boots(db, seed, &map, err);

	if (r == 0)
		r = load_kernels(db, seed, &map, err);
	if (r == 0)
		r = load_comparisons(db, seed, &map, err);
	if (r == 0)
		r = load_events(db, seed, &map, err);
	if (r < 0) {
		site_map_clear(&map);
		return r;
	}
	*ret = map;
	return 0;
}
