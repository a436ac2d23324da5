/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/history.h"

#include <stdlib.h>
#include <string.h>

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

void history_map_clear(struct history_map *map)
{
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
