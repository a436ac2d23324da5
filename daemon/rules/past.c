/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/past.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

/* So many kernels are looked at: what was measured later does not count, and may be many. */
enum { LOOKED_AT = 8 * PAST_KERNELS };

static const struct history_line *find_line(
	const struct history_map *map, const struct comparison *c)
{
	for (size_t i = 0; i < map->line_count; i++) {
		const struct history_line *line = &map->lines[i];

		if (line->host_id == c->host_id &&
			(line->branch && c->branch ? strcmp(line->branch, c->branch) == 0
						   : line->branch == c->branch))
			return line;
	}
	return NULL;
}

/* How many kernels are no newer than the comparison's. */
static size_t kernels_until(const struct history_line *line, int64_t commit_time_s)
{
	size_t low = 0, high = line->kernel_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (line->kernels[middle].commit_time_s <= commit_time_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int64_t last_boot(const struct comparison *c)
{
	int64_t last = 0;

	for (size_t i = 0; i < c->boot_count; i++)
		last = c->boots[i].id > last ? c->boots[i].id : last;
	return last;
}

/* Boots of a kernel that had been by then: its boots are in order. */
static size_t boots_until(
	const struct history_line *line, const struct history_kernel *kernel, int64_t last)
{
	size_t count = 0;

	while (count < kernel->boot_count && line->boots[kernel->first_boot + count] <= last)
		count++;
	return count;
}

static void copy_kernel(struct history_line *to, const struct history_line *line,
	const struct history_kernel *kernel, size_t boots)
{
	to->kernels[to->kernel_count] = *kernel;
	to->kernels[to->kernel_count].oid = mem_strdup(kernel->oid);
	to->kernels[to->kernel_count].subject = mem_strdup(kernel->subject);
	to->kernels[to->kernel_count].first_boot = to->boot_count;
	to->kernels[to->kernel_count++].boot_count = boots;
	memcpy(to->boots + to->boot_count, line->boots + kernel->first_boot,
		boots * sizeof(int64_t));
	to->boot_count += boots;
}

static void copy_line(
	const struct history_line *line, const struct comparison *c, struct history_line *ret)
{
	size_t until = kernels_until(line, c->fresh.commit_time_s), found = 0, boots = 0;
	size_t first = until, chosen[PAST_KERNELS];
	int64_t last = last_boot(c);

	while (first > 0 && until - first < LOOKED_AT && found < PAST_KERNELS) {
		size_t known = boots_until(line, &line->kernels[--first], last);

		if (known)
			chosen[found++] = first;
		boots += known;
	}
	*ret = (struct history_line){.host_id = line->host_id,
		.host = mem_strdup(line->host),
		.branch = line->branch ? mem_strdup(line->branch) : NULL,
		.emulated = line->emulated,
		.kernels = MEM_NEW(struct history_kernel, found + 1),
		.boots = MEM_NEW(int64_t, boots + 1)};
	while (found-- > 0) {
		const struct history_kernel *kernel = &line->kernels[chosen[found]];

		copy_kernel(ret, line, kernel, boots_until(line, kernel, last));
	}
}

/* Of a kernel that was measured in several epochs the newest. */
static bool find_kernel(const struct history_line *line, const char *oid, size_t *ret)
{
	for (size_t i = line->kernel_count; oid && i-- > 0;)
		if (strcmp(line->kernels[i].oid, oid) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static void add_marks(
	struct history_past *past, const struct comparison *c, const struct event *event)
{
	struct history_mark base = {.side = 'A'}, fresh = {.side = 'B'};
	struct history_mark told = {
		.event = event ? event->id : 0, .improved = event && event->improved};

	if (find_kernel(&past->line, c->base.oid, &base.kernel))
		past->marks[past->mark_count++] = base;
	if (find_kernel(&past->line, c->fresh.oid, &fresh.kernel))
		past->marks[past->mark_count++] = fresh;
	if (event && find_kernel(&past->line, event_commit(event)->oid, &told.kernel))
		past->marks[past->mark_count++] = told;
}

static const struct history_family *find_family(
	const struct history_map *map, const struct comparison *c, const struct cell *cell)
{
	for (size_t i = 0; i < map->family_count; i++) {
		const struct history_family *f = &map->families[i];

		if (f->host_id == c->host_id &&
			strcmp(f->scenario, c->scenarios[cell->scenario].name) == 0 &&
			strcmp(f->metric, c->metrics[cell->metric].name) == 0)
			return f;
	}
	return NULL;
}

/* The family of one mode alone. */
static void copy_family(
	const struct history_family *f, const char *mode, struct history_family *ret)
{
	*ret = *f;
	ret->host = mem_strdup(f->host);
	ret->scenario = mem_strdup(f->scenario);
	ret->metric = mem_strdup(f->metric);
	ret->unit = mem_strdup(f->unit);
	ret->modes = MEM_NEW(char *, 1);
	ret->modes[0] = mem_strdup(mode);
	ret->mode_count = 1;
	ret->series = MEM_NEW(struct history_series, f->series_count + 1);
	ret->series_count = 0;
	for (size_t i = 0; i < f->series_count; i++)
		if (strcmp(f->modes[f->series[i].mode], mode) == 0) {
			ret->series[ret->series_count] = f->series[i];
			ret->series[ret->series_count++].mode = 0;
		}
}

void past_plan(const struct history_map *map, const struct comparison *c,
	const struct event *event, const size_t *cells, size_t count, struct history_past *ret)
{
	const struct history_line *line = find_line(map, c);
	struct history_past past = {0};

	*ret = past;
	if (!line || !count)
		return;
	copy_line(line, c, &past.line);
	add_marks(&past, c, event);
	past.families = MEM_NEW(struct history_family, count);
	past.tracks = MEM_NEW(struct history_track, count);
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &c->cells[cells[i]];
		const struct history_family *family = find_family(map, c, cell);

		if (family)
			copy_family(family, c->modes[cell->mode], &past.families[i]);
	}
	past.count = count;
	*ret = past;
}
