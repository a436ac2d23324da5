/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void line_clear(struct history_line *line)
{
	for (size_t i = 0; i < line->kernel_count; i++) {
		free(line->kernels[i].oid);
		free(line->kernels[i].subject);
	}
	free(line->kernels);
	free(line->boots);
	free(line->host);
	free(line->branch);
}

static void family_clear(struct history_family *family)
{
	for (size_t i = 0; i < family->mode_count; i++)
		free(family->modes[i]);
	free(family->modes);
	free(family->series);
	free(family->host);
	free(family->scenario);
	free(family->metric);
	free(family->unit);
}

static void event_clear(struct history_event *event)
{
	free(event->branch);
	free(event->scenario);
	free(event->metric);
	free(event->oid);
	free(event->state);
}

void history_map_clear(struct history_map *map)
{
	for (size_t i = 0; i < map->event_count; i++)
		event_clear(&map->events[i]);
	free(map->events);
	for (size_t i = 0; i < map->line_count; i++)
		line_clear(&map->lines[i]);
	for (size_t i = 0; i < map->family_count; i++)
		family_clear(&map->families[i]);
	free(map->lines);
	free(map->families);
	memset(map, 0, sizeof(*map));
}

size_t history_chapters(const struct history_line *line)
{
	size_t full = line->kernel_count / HISTORY_CHAPTER;

	return full ? full - 1 : 0;
}

fingerprint history_print(const struct history_window *window, fingerprint print)
{
	const struct history_line *line = window->line;

	print = fingerprint_text(print, line->branch);
	for (size_t i = window->first; i < window->first + window->count; i++) {
		const struct history_kernel *kernel = &line->kernels[i];

		print = fingerprint_text(print, kernel->oid);
		print = fingerprint_int(print, kernel->epoch_id);
		print = fingerprint_bytes(print, &line->boots[kernel->first_boot],
			kernel->boot_count * sizeof(int64_t));
	}
	return print;
}

static int compare_names(const struct history_event *e, const struct history_family *f)
{
	int order = (e->host_id > f->host_id) - (e->host_id < f->host_id);

	if (order == 0)
		order = strcmp(e->scenario, f->scenario);
	return order ? order : strcmp(e->metric, f->metric);
}

/* The first event of a family, or of one behind it. */
static size_t first_event(const struct history_map *map, const struct history_family *family)
{
	size_t low = 0, high = map->event_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_names(&map->events[middle], family) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of a kernel that was measured in several epochs the first. */
static bool find_kernel(const struct history_window *window, const char *oid, size_t *ret)
{
	const struct history_kernel *kernels = window->line->kernels + window->first;

	for (size_t i = 0; i < window->count; i++)
		if (strcmp(kernels[i].oid, oid) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static int compare_marks(const void *left, const void *right)
{
	const struct history_mark *a = left, *b = right;

	if (a->kernel != b->kernel)
		return a->kernel < b->kernel ? -1 : 1;
	return a->event < b->event ? -1 : a->event > b->event;
}

struct history_mark *history_marks(const struct history_map *map,
	const struct history_family *family, const struct history_window *window,
	size_t *ret_count)
{
	const char *branch = window->line->branch ? window->line->branch : "";
	struct history_mark *marks = NULL;
	size_t count = 0;

	for (size_t i = first_event(map, family);
		i < map->event_count && compare_names(&map->events[i], family) == 0; i++) {
		const struct history_event *e = &map->events[i];
		struct history_mark mark = {
			.event = e->id, .improved = e->improved, .about = e};

		if (strcmp(e->branch, branch) || !find_kernel(window, e->oid, &mark.kernel))
			continue;
		marks = mem_grow(marks, count + 1, sizeof(*marks));
		marks[count++] = mark;
	}
	if (count)
		qsort(marks, count, sizeof(*marks), compare_marks);
	*ret_count = count;
	return marks;
}

fingerprint history_marks_print(
	const struct history_mark *marks, size_t count, fingerprint print)
{
	for (size_t i = 0; i < count; i++) {
		const struct history_event *e = marks[i].about;

		print = fingerprint_int(print, e->id);
		print = fingerprint_text(print, e->oid);
		print = fingerprint_text(print, e->state);
		print = fingerprint_bytes(print, &e->change, sizeof(e->change));
	}
	return print;
}

void history_track_clear(struct history_track *track)
{
	free(track->values);
	free(track->levels);
	free(track->changes);
	memset(track, 0, sizeof(*track));
}

void history_past_clear(struct history_past *past)
{
	for (size_t i = 0; i < past->count; i++) {
		family_clear(&past->families[i]);
		history_track_clear(&past->tracks[i]);
	}
	free(past->families);
	free(past->tracks);
	line_clear(&past->line);
	memset(past, 0, sizeof(*past));
}

void history_page_clear(struct history_page *page)
{
	for (size_t i = 0; i < page->section_count; i++) {
		struct history_track *tracks = page->sections[i].tracks;

		for (size_t m = 0; tracks && m < page->family->mode_count; m++)
			history_track_clear(&tracks[m]);
		free(tracks);
	}
	free(page->sections);
	memset(page, 0, sizeof(*page));
}
