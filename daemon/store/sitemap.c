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

/*
 * What boots say of the pages of their kernel and comparison, and comparisons of those of
 * their commits. Rows are counted once, in the order of the table; asking for each page
 * by a subquery takes several times as long.
 */
struct tally {
	int64_t count, newest, latest_unix_ms, done;
};

/* By row number. */
struct tallies {
	struct tally *rows;
	size_t count;
};

static struct tally *tally_of(struct tallies *tallies, int64_t id)
{
	size_t index = (size_t)id, count = tallies->count ? tallies->count : 1;

	while (count <= index)
		count *= 2;
	if (count > tallies->count) {
		tallies->rows = mem_grow(tallies->rows, count, sizeof(struct tally));
		memset(tallies->rows + tallies->count, 0,
			(count - tallies->count) * sizeof(struct tally));
		tallies->count = count;
	}
	return &tallies->rows[index];
}

static void tally_add(
	struct tallies *tallies, int64_t row, int64_t id, int64_t unix_ms, bool done)
{
	struct tally *tally = tally_of(tallies, row);

	tally->count++;
	tally->done += done;
	if (id > tally->newest)
		tally->newest = id;
	if (unix_ms > tally->latest_unix_ms)
		tally->latest_unix_ms = unix_ms;
}

static fingerprint print_tally(struct tallies *tallies, int64_t row, fingerprint print)
{
	return fingerprint_bytes(print, tally_of(tallies, row), sizeof(struct tally));
}

/* A map on its way. */
struct survey {
	struct db *db;
	fingerprint seed;
	struct site_map map;
	struct tallies by_kernel, by_comparison; /* of boots; done: part of a history */
	struct tallies by_commit;		 /* of comparisons */
};

/* What a boot was does not change any more once it has ended. */
static const char boots_sql[] =
	"SELECT id, comparison_id, kernel_id, ended_unix_ms, "
	"state = 'done' AND epoch_id IS NOT NULL, "
	"state, started_unix_ms, failure, symptom "
	"FROM boots WHERE state <> 'running' ORDER BY id";
enum { BOOTS_COLUMNS = 9 };

static int load_boots(struct survey *survey, struct err *err)
{
	auto_query struct query *query = NULL;
	struct site_map *map = &survey->map;
	int r = query_open(survey->db, boots_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		int64_t id = query_int(query, 0), ended = query_int(query, 3);
		int64_t comparison = query_int(query, 1), kernel = query_int(query, 2);
		bool recorded = query_int(query, 4) != 0;
		fingerprint print = fingerprint_int(survey->seed, id);

		print = fingerprint_int(fingerprint_int(print, comparison), ended);
		*add_entry(&map->boots, &map->boot_count) = (struct site_entry){
			.id = id,
			.print = print_row(query, print, 5, BOOTS_COLUMNS),
		};
		tally_add(&survey->by_comparison, comparison, id, ended, recorded);
		tally_add(&survey->by_kernel, kernel, id, ended, recorded);
	}
	return r;
}

/* A commit's page shows its builds, their boots and the comparisons it took part in. */
static const char kernels_sql[] =
	"SELECT k.commit_id, m.oid, k.id, k.failure, k.symptom, k.built_unix_ms, k.image_hash "
	"FROM kernels k JOIN commits m ON m.id = k.commit_id ORDER BY k.commit_id, k.id";
enum { KERNELS_COLUMNS = 7 };

static void take_kernel(struct query *query, struct survey *survey)
{
	struct site_map *map = &survey->map;
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
			.print = survey->seed,
		};
	}
	last->print = print_row(query, last->print, 0, KERNELS_COLUMNS);
	last->print = print_tally(&survey->by_kernel, query_int(query, 2), last->print);
}

static int load_kernels(struct survey *survey, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(survey->db, kernels_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		take_kernel(query, survey);
	return r;
}

static const char comparisons_sql[] =
	"SELECT c.id, c.base_commit, c.new_commit, c.updated_unix_ms, c.screen_id, "
	"h.emulated, (SELECT max(v.event_id) FROM event_comparisons v "
	" WHERE v.comparison_id = c.id), "
	"h.name, c.branch, c.kind, c.state, x.oid, y.oid, substr(y.subject, 1, 200), "
	"s.answer, (SELECT 'bisect, step ' || (SELECT count(*) FROM bisect_steps t "
	" WHERE t.bisect_id = b.id) FROM event_comparisons v JOIN bisects b "
	" ON b.event_id = v.event_id WHERE v.comparison_id = c.id AND b.state = 'running' "
	" ORDER BY b.id DESC LIMIT 1), "
	/* from here on only hashed */
	"c.reason, t.verdict, t.control, t.checked_unix_ms, (SELECT group_concat(v.event_id || "
	"v.role || e.state || ' ' || e.to_commit "
	" || ' ' || coalesce(e.culprit, 0)) FROM event_comparisons v "
	" JOIN events e ON e.id = v.event_id WHERE v.comparison_id = c.id), "
	"(SELECT group_concat(k.failure || k.built_unix_ms) FROM kernels k "
	" WHERE k.commit_id IN (c.base_commit, c.new_commit) AND k.recipe = c.recipe) "
	"FROM comparisons c JOIN hosts h ON h.id = c.host_id "
	"JOIN commits x ON x.id = c.base_commit JOIN commits y ON y.id = c.new_commit "
	"LEFT JOIN screens s ON s.comparison_id = c.id "
	"LEFT JOIN host_checks t ON t.comparison_id = c.id ORDER BY c.id DESC";
enum { COMPARISONS_TEXTS = 7, COMPARISONS_COLUMNS = 22, SCREENS_WHOLE = 40 };

static void take_comparison(struct query *query, struct survey *survey)
{
	struct site_map *map = &survey->map;
	int64_t id = query_int(query, 0), updated = query_int(query, 3);
	const char *state = query_text(query, 10);
	bool done = strcmp(state ? state : "", "done") == 0;
	const int64_t commits[] = {query_int(query, 1), query_int(query, 2)};
	fingerprint print = fingerprint_int(fingerprint_int(survey->seed, id), updated);

	if ((map->comparison_count & (map->comparison_count - 1)) == 0)
		map->comparisons = mem_grow(map->comparisons,
			map->comparison_count ? 2 * map->comparison_count : 1,
			sizeof(*map->comparisons));
	map->comparisons[map->comparison_count++] = (struct site_comparison){
		.id = id,
		.updated_unix_ms = updated,
		.screen = query_int(query, 4),
		.emulated = query_int(query, 5) != 0,
		.event = query_int(query, 6),
		.host = query_text_dup(query, 7),
		.branch = query_text_dup(query, 8),
		.kind = query_text_dup(query, 9),
		.state = query_text_dup(query, 10),
		.base_oid = query_text_dup(query, 11),
		.fresh_oid = query_text_dup(query, 12),
		.subject = query_text_dup(query, 13),
		.answer = query_text_dup(query, 14),
		.ahead = query_text_dup(query, 15),
		.has_drift = query_text(query, 8) && tally_of(&survey->by_comparison, id)->done,
		.print = print_row(query, print, COMPARISONS_TEXTS, COMPARISONS_COLUMNS),
	};
	for (size_t i = 0; i < ARRAY_SIZE(commits); i++)
		tally_add(&survey->by_commit, commits[i], id, updated, done);
}

/* All comparisons in an order; the caller frees the list. */
static struct site_comparison **sorted(
	struct site_map *map, int (*compare)(const void *left, const void *right))
{
	struct site_comparison **all =
		MEM_NEW(struct site_comparison *, map->comparison_count + 1);

	for (size_t i = 0; i < map->comparison_count; i++)
		all[i] = &map->comparisons[i];
	qsort(all, map->comparison_count, sizeof(*all), compare);
	return all;
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
	auto_free struct site_comparison **all = sorted(map, compare_address);

	for (size_t i = 0; i < map->comparison_count; i++)
		all[i]->has_page = i == 0 || strcmp(all[i]->host, all[i - 1]->host) ||
				   strcmp(all[i]->base_oid, all[i - 1]->base_oid) ||
				   strcmp(all[i]->fresh_oid, all[i - 1]->fresh_oid);
}

/* By host and branch; of one line the newest first. */
static int compare_line(const void *left, const void *right)
{
	const struct site_comparison *a = *(const struct site_comparison *const *)left;
	const struct site_comparison *b = *(const struct site_comparison *const *)right;
	int order = strcmp(a->host, b->host);

	if (order == 0)
		order = strcmp(a->branch ? a->branch : "", b->branch ? b->branch : "");
	return order ? order : a->id > b->id ? -1 : a->id < b->id;
}

/* Who is beside whom on a branch, and of which screens of a host there are newer ones enough.
 */
static void link_lines(struct site_map *map)
{
	auto_free struct site_comparison **all = sorted(map, compare_line);

	for (size_t i = 1; i < map->comparison_count; i++) {
		struct site_comparison *newer = all[i - 1], *older = all[i];

		if (strcmp(newer->host, older->host) ||
			strcmp(newer->branch ? newer->branch : "",
				older->branch ? older->branch : ""))
			continue;
		newer->previous = older->id;
		older->next = newer->id;
	}
}

/* Of a screen that is older than so many others of its host the answer is enough. */
static void find_briefs(struct site_map *map)
{
	struct {
		const char *host;
		size_t screens;
	} *hosts = NULL;
	size_t count = 0;

	for (size_t i = 0; i < map->comparison_count; i++) {
		struct site_comparison *c = &map->comparisons[i];
		size_t at = 0;

		if (strcmp(c->kind, "screen"))
			continue;
		while (at < count && strcmp(hosts[at].host, c->host))
			at++;
		if (at == count) {
			hosts = mem_grow(hosts, ++count, sizeof(*hosts));
			hosts[at].host = c->host;
			hosts[at].screens = 0;
		}
		c->is_brief =
			++hosts[at].screens > SCREENS_WHOLE && strcmp(c->state, "done") == 0;
	}
	free(hosts);
}

static struct site_comparison *find_comparison(struct site_map *map, int64_t id)
{
	const struct site_comparison *found = site_map_comparison(map, id);

	return found ? &map->comparisons[found - map->comparisons] : NULL;
}

/* The confirms that were begun; of those of one screen the newest. */
static void link_confirms(struct site_map *map)
{
	for (size_t i = 0; i < map->comparison_count; i++) {
		const struct site_comparison *confirm = &map->comparisons[i];
		struct site_comparison *screen = find_comparison(map, confirm->screen);

		if (screen && !screen->confirm)
			screen->confirm = confirm->id;
	}
}

/* Which of the jobs that wait is the confirm that a screen asked for? */
static const char queue_sql[] =
	"SELECT p.comparison_id, w.place FROM jobs_waiting w JOIN jobs j ON j.id = w.id "
	"JOIN jobs p ON p.id = j.parent_job WHERE j.kind = 'confirm'";

static int load_queue(struct survey *survey, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(survey->db, queue_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0) {
		struct site_comparison *screen =
			find_comparison(&survey->map, query_int(query, 0));

		if (screen)
			screen->place = (int)query_int(query, 1);
	}
	return r;
}

static int load_comparisons(struct survey *survey, struct err *err)
{
	auto_query struct query *query = NULL;
	struct site_map *map = &survey->map;
	int r = query_open(survey->db, comparisons_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		take_comparison(query, survey);
	if (r == 0)
		r = load_queue(survey, err);
	if (r < 0)
		return r;
	choose_pages(map);
	link_lines(map);
	find_briefs(map);
	link_confirms(map);
	return 0;
}

/* What follows from all rows together. */
static void finish_prints(struct survey *survey)
{
	struct site_map *map = &survey->map;

	for (size_t i = 0; i < map->kernel_count; i++)
		map->kernels[i].print = print_tally(
			&survey->by_commit, map->kernels[i].id, map->kernels[i].print);
	for (size_t i = 0; i < map->comparison_count; i++) {
		struct site_comparison *c = &map->comparisons[i];
		const int64_t seen[] = {c->previous, c->next, c->confirm, c->place, c->is_brief,
			c->emulated, c->screen};

		c->print = print_tally(&survey->by_comparison, c->id, c->print);
		c->print = fingerprint_bytes(c->print, seen, sizeof(seen));
	}
}

static const char events_sql[] =
	"SELECT e.id, e.state, e.updated_unix_ms, e.attached, e.culprit, "
	"(SELECT count(*) || ' ' || max(s.id) FROM event_steps s WHERE s.event_id = e.id), "
	"(SELECT count(*) FROM event_comparisons c WHERE c.event_id = e.id), "
	"(SELECT count(*) || group_concat(o.state || o.updated_unix_ms) FROM outbox o "
	" WHERE o.event_id = e.id) FROM events e ORDER BY e.id DESC";
enum { EVENTS_COLUMNS = 8 };

static int load_events(struct survey *survey, struct err *err)
{
	auto_query struct query *query = NULL;
	struct site_map *map = &survey->map;
	int r = query_open(survey->db, events_sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		*add_entry(&map->events, &map->event_count) = (struct site_entry){
			.id = query_int(query, 0),
			.print = print_row(query, survey->seed, 0, EVENTS_COLUMNS),
		};
	return r;
}

int site_map_load(struct db *db, fingerprint seed, struct site_map *ret, struct err *err)
{
	struct survey survey = {.db = db, .seed = seed};
	int r = load_boots(&survey, err);

	if (r == 0)
		r = load_kernels(&survey, err);
	if (r == 0)
		r = load_comparisons(&survey, err);
	if (r == 0)
		r = load_events(&survey, err);
	if (r == 0)
		finish_prints(&survey);
	free(survey.by_kernel.rows);
	free(survey.by_comparison.rows);
	free(survey.by_commit.rows);
	if (r < 0) {
		site_map_clear(&survey.map);
		return r;
	}
	*ret = survey.map;
	return 0;
}
