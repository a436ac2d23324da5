/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Boots that are further apart than this are asked for apart. */
enum { GAP_MOST = 64 };

#define GROW(array, count)                                                             \
	do {                                                                           \
		if (((count) & ((count)-1)) == 0)                                      \
			(array) = mem_grow(                                            \
				(array), (count) ? 2 * (count) : 1, sizeof(*(array))); \
	} while (0)

static const char lines_sql[] =
	"SELECT c.host_id, h.name, h.emulated, c.branch, m.oid, substr(m.subject, 1, 120), "
	"m.commit_time_s, b.epoch_id, b.id, b.started_unix_ms "
	"FROM boots b JOIN comparisons c ON c.id = b.comparison_id "
	"JOIN hosts h ON h.id = c.host_id JOIN kernels k ON k.id = b.kernel_id "
	"JOIN commits m ON m.id = k.commit_id "
	"WHERE b.state = 'done' AND b.epoch_id IS NOT NULL "
	"ORDER BY c.host_id, c.branch, m.commit_time_s, m.id, b.epoch_id, b.id";

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void take_boot(struct query *query, struct history_map *map)
{
	struct history_line *line = map->line_count ? &map->lines[map->line_count - 1] : NULL;
	struct history_kernel *kernel;

	if (!line || line->host_id != query_int(query, 0) ||
		!same_text(line->branch, query_text(query, 3))) {
		map->lines = mem_grow(map->lines, map->line_count + 1, sizeof(*map->lines));
		line = &map->lines[map->line_count++];
		*line = (struct history_line){
			.host_id = query_int(query, 0),
			.host = query_text_dup(query, 1),
			.emulated = query_int(query, 2) != 0,
			.branch = query_text_dup(query, 3),
		};
	}
	kernel = line->kernel_count ? &line->kernels[line->kernel_count - 1] : NULL;
	if (!kernel || kernel->epoch_id != query_int(query, 7) ||
		strcmp(kernel->oid, query_text(query, 4))) {
		GROW(line->kernels, line->kernel_count);
		kernel = &line->kernels[line->kernel_count++];
		*kernel = (struct history_kernel){
			.oid = query_text_dup(query, 4),
			.subject = query_text_dup(query, 5),
			.commit_time_s = query_int(query, 6),
			.epoch_id = query_int(query, 7),
			.first_boot = line->boot_count,
		};
	}
	GROW(line->boots, line->boot_count);
	line->boots[line->boot_count++] = query_int(query, 8);
	kernel->boot_count++;
	if (query_int(query, 9) > kernel->measured_unix_ms)
		kernel->measured_unix_ms = query_int(query, 9);
}

static const char families_sql[] =
	"SELECT e.host_id, h.name, h.emulated, s.scenario, s.metric, s.unit, s.judged, s.mode, "
	"s.id, s.epoch_id FROM series s JOIN epochs e ON e.id = s.epoch_id "
	"JOIN hosts h ON h.id = e.host_id "
	"ORDER BY e.host_id, s.scenario, s.metric, s.id";

static size_t mode_of(struct history_family *family, const char *mode)
{
	for (size_t i = 0; i < family->mode_count; i++)
		if (strcmp(family->modes[i], mode) == 0)
			return i;
	family->modes = mem_grow(family->modes, family->mode_count + 1, sizeof(char *));
	family->modes[family->mode_count] = mem_strdup(mode);
	return family->mode_count++;
}

static void take_series(struct query *query, struct history_map *map)
{
	struct history_family *family =
		map->family_count ? &map->families[map->family_count - 1] : NULL;

	if (!family || family->host_id != query_int(query, 0) ||
		strcmp(family->scenario, query_text(query, 3)) ||
		strcmp(family->metric, query_text(query, 4))) {
		GROW(map->families, map->family_count);
		family = &map->families[map->family_count++];
		*family = (struct history_family){
			.host_id = query_int(query, 0),
			.host = query_text_dup(query, 1),
			.emulated = query_int(query, 2) != 0,
			.scenario = query_text_dup(query, 3),
			.metric = query_text_dup(query, 4),
			.unit = query_text_dup(query, 5),
			.judged = query_int(query, 6) != 0,
		};
	}
	GROW(family->series, family->series_count);
	family->series[family->series_count++] = (struct history_series){
		.id = query_int(query, 8),
		.epoch_id = query_int(query, 9),
		.mode = mode_of(family, query_text(query, 7)),
	};
}

static const char events_sql[] =
	"SELECT e.id, x.host_id, e.branch, x.scenario, x.metric, m.oid, e.state, "
	"avg(x.change), e.direction FROM events e JOIN event_cells x ON x.event_id = e.id "
	"JOIN commits m ON m.id = coalesce(e.culprit, e.to_commit) "
	"GROUP BY e.id, x.host_id, x.scenario, x.metric "
	"ORDER BY x.host_id, x.scenario, x.metric, e.id";

static void take_event(struct query *query, struct history_map *map)
{
	GROW(map->events, map->event_count);
	map->events[map->event_count++] = (struct history_event){
		.id = query_int(query, 0),
		.host_id = query_int(query, 1),
		.branch = query_text_dup(query, 2),
		.scenario = query_text_dup(query, 3),
		.metric = query_text_dup(query, 4),
		.oid = query_text_dup(query, 5),
		.state = query_text_dup(query, 6),
		.change = query_real(query, 7),
		.improved = strcmp(query_text(query, 8), "improved") == 0,
	};
}

static int scan(struct db *db, const char *sql,
	void (*take)(struct query *query, struct history_map *map), struct history_map *map,
	struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db, sql, &query, err);

	if (r < 0)
		return r;
	while ((r = query_step(query, err)) > 0)
		take(query, map);
	return r;
}

int history_map_load(struct db *db, struct history_map *ret, struct err *err)
{
	struct history_map map = {0};
	int r = scan(db, lines_sql, take_boot, &map, err);

	if (r == 0)
		r = scan(db, families_sql, take_series, &map, err);
	if (r == 0)
		r = scan(db, events_sql, take_event, &map, err);
	if (r < 0) {
		history_map_clear(&map);
		return r;
	}
	*ret = map;
	return 0;
}

/* A boot of the window, and which of its kernels it was. */
struct place {
	int64_t boot;
	size_t kernel;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return a->boot < b->boot ? -1 : a->boot > b->boot;
}

/* The boots of the window's kernels that were measured in an epoch, by rising id. */
static struct place *places_of(
	const struct history_window *window, int64_t epoch, size_t *ret_count)
{
	const struct history_line *line = window->line;
	struct place *places = NULL;
	size_t count = 0;

	for (size_t i = 0; i < window->count; i++) {
		const struct history_kernel *kernel = &line->kernels[window->first + i];

		for (size_t b = 0; b < kernel->boot_count && kernel->epoch_id == epoch; b++) {
			GROW(places, count);
			places[count++] =
				(struct place){line->boots[kernel->first_boot + b], i};
		}
	}
	if (count)
		qsort(places, count, sizeof(*places), compare_places);
	*ret_count = count;
	return places;
}

/* Adds up the values of the places first..last, which lie close together. */
static int add_run(struct query *query, int64_t series, const struct place *places,
	size_t count, double *sums, unsigned *counts, struct err *err)
{
	size_t at = 0;
	int r;

	query_bind_int(query, ":series", series);
	query_bind_int(query, ":first", places[0].boot);
	query_bind_int(query, ":last", places[count - 1].boot);
	while ((r = query_step(query, err)) > 0) {
		int64_t boot = query_int(query, 0);

		while (at < count && places[at].boot < boot)
			at++;
		if (at == count || places[at].boot != boot)
			continue;
		sums[places[at].kernel] += query_real(query, 1);
		counts[places[at].kernel]++;
	}
	query_rewind(query);
	return r;
}

static int add_series(struct query *query, const struct history_series *series,
	const struct history_window *window, double *values, struct err *err)
{
	size_t count;
	auto_free struct place *places = places_of(window, series->epoch_id, &count);
	auto_free double *sums = MEM_NEW(double, window->count + 1);
	auto_free unsigned *counts = MEM_NEW(unsigned, window->count + 1);
	int r = 0;

	for (size_t from = 0, to; from < count && r == 0; from = to) {
		to = from + 1;
		while (to < count && places[to].boot - places[to - 1].boot <= GAP_MOST)
			to++;
		r = add_run(query, series->id, &places[from], to - from, sums, counts, err);
	}
	for (size_t i = 0; i < window->count; i++)
		if (counts[i])
			values[i] = sums[i] / counts[i];
	return r;
}

int history_values(struct db *db, const struct history_family *family,
	const struct history_window *window, double *ret, struct err *err)
{
	auto_query struct query *query = NULL;
	int r = query_open(db,
		"SELECT boot_id, log_value FROM boot_values WHERE series_id = :series "
		"AND boot_id BETWEEN :first AND :last ORDER BY boot_id",
		&query, err);

	for (size_t i = 0; i < family->mode_count * window->count; i++)
		ret[i] = NAN;
	for (size_t i = 0; i < family->series_count && r == 0; i++)
		r = add_series(query, &family->series[i], window,
			ret + family->series[i].mode * window->count, err);
	return r;
}
