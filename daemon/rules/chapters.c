/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/chapters.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static fingerprint print_of(const struct history_page *page)
{
	const struct history_family *family = page->family;
	fingerprint print = fingerprint_text(FINGERPRINT_INIT, family->unit);

	for (size_t i = 0; i < page->section_count; i++) {
		const struct history_section *section = &page->sections[i];

		print = history_print(&section->window, print);
		print = history_marks_print(section->marks, section->mark_count, print);
	}
	for (size_t i = 0; i < family->series_count; i++)
		print = fingerprint_int(print, family->series[i].id);
	/* a chapter leads to the next one */
	if (page->chapter >= 0)
		print = fingerprint_int(
			print, page->chapter + 1 <
				       (int)history_chapters(page->sections[0].window.line));
	return print;
}

/* A page of these windows; none without any. */
static void add_page(struct chapters *chapters, const struct history_map *map,
	const struct history_family *family, int chapter, const struct history_window *windows,
	size_t count)
{
	struct history_page page = {.family = family, .chapter = chapter};

	if (!count)
		return;
	if ((chapters->count & (chapters->count - 1)) == 0) {
		size_t room = chapters->count ? 2 * chapters->count : 1;

		chapters->pages = mem_grow(chapters->pages, room, sizeof(*chapters->pages));
		chapters->prints = mem_grow(chapters->prints, room, sizeof(*chapters->prints));
	}
	page.sections = MEM_NEW(struct history_section, count);
	page.section_count = count;
	for (size_t i = 0; i < count; i++) {
		page.sections[i].window = windows[i];
		page.sections[i].marks =
			history_marks(map, family, &windows[i], &page.sections[i].mark_count);
	}
	chapters->pages[chapters->count] = page;
	chapters->prints[chapters->count++] = print_of(&page);
}

static void plan_family(const struct history_map *map, const struct history_family *family,
	struct chapters *chapters)
{
	auto_free struct history_window *newest =
		MEM_NEW(struct history_window, map->line_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < map->line_count; i++) {
		const struct history_line *line = &map->lines[i];
		size_t old = history_chapters(line), first = old * HISTORY_CHAPTER;

		if (line->host_id != family->host_id)
			continue;
		for (size_t c = 0; c < old; c++)
			add_page(chapters, map, family, (int)c,
				&(struct history_window){
					line, c * HISTORY_CHAPTER, HISTORY_CHAPTER},
				1);
		newest[count++] =
			(struct history_window){line, first, line->kernel_count - first};
	}
	add_page(chapters, map, family, -1, newest, count);
}

void chapters_plan(const struct history_map *map, struct chapters *ret)
{
	*ret = (struct chapters){0};
	for (size_t i = 0; i < map->family_count; i++)
		plan_family(map, &map->families[i], ret);
}

void chapters_clear(struct chapters *chapters)
{
	for (size_t i = 0; i < chapters->count; i++) {
		for (size_t k = 0; k < chapters->pages[i].section_count; k++)
			free(chapters->pages[i].sections[k].marks);
		free(chapters->pages[i].sections);
	}
	free(chapters->pages);
	free(chapters->prints);
	memset(chapters, 0, sizeof(*chapters));
}
