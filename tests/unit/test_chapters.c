/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/chapters.h"

#include <string.h>

#include "support.h"

#include "base/mem.h"

enum { MOST = 5 * HISTORY_CHAPTER };

/* A branch of so many kernels with a boot each, measured as one family. */
struct world {
	struct history_kernel kernels[MOST];
	int64_t boots[MOST];
	char oids[MOST][24];
	char *modes[1];
	struct history_series series[1];
	struct history_line line;
	struct history_family family;
	struct history_map map;
};

static char host[] = "altra-03", branch[] = "next", unit[] = "s", mode[] = "40/48/4K";

static void make_world(struct world *w, size_t kernels)
{
	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < kernels; i++) {
		snprintf(w->oids[i], sizeof(w->oids[i]), "%zu", i);
		w->boots[i] = 100 + (int64_t)i;
		w->kernels[i] = (struct history_kernel){
			.oid = w->oids[i], .epoch_id = 1, .first_boot = i, .boot_count = 1};
	}
	w->modes[0] = mode;
	w->series[0] = (struct history_series){1, 1, 0};
	w->line = (struct history_line){
		1, host, branch, false, w->kernels, kernels, w->boots, kernels};
	w->family = (struct history_family){
		1, host, branch, branch, unit, false, true, w->modes, 1, w->series, 1};
	w->map = (struct history_map){
		.lines = &w->line, .line_count = 1, .families = &w->family, .family_count = 1};
}

static void every_kernel_is_on_one_page(void **state)
{
	static const struct {
		size_t kernels, pages;
	} rows[] = {{1, 1}, {HISTORY_CHAPTER, 1}, {2 * HISTORY_CHAPTER - 1, 1},
		{2 * HISTORY_CHAPTER, 2}, {4 * HISTORY_CHAPTER + 3, 4}};

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		static struct world w;
		struct chapters chapters;
		size_t next = 0;

		make_world(&w, rows[r].kernels);
		chapters_plan(&w.map, &chapters);
		assert_int_equal(chapters.count, rows[r].pages);
		for (size_t i = 0; i < chapters.count; i++) {
			const struct history_page *page = &chapters.pages[i];
			bool is_newest = i + 1 == chapters.count;

			assert_int_equal(page->chapter, is_newest ? -1 : (int)i);
			assert_int_equal(page->section_count, 1);
			assert_int_equal(page->sections[0].window.first, next);
			next += page->sections[0].window.count;
			/* the newest page always has a past to show */
			if (is_newest && rows[r].kernels >= HISTORY_CHAPTER)
				assert_true(page->sections[0].window.count >= HISTORY_CHAPTER);
		}
		assert_int_equal(next, rows[r].kernels);
		chapters_clear(&chapters);
	}
}

/* Which pages a branch of `to` kernels changes in the site of one of `from`. */
static void a_kernel_more_changes_the_newest_page_only(void **state)
{
	static const struct {
		const char *sentence;
		size_t from, to, changed, added;
	} rows[] = {
		{"nothing more", 350, 350, 0, 0},
		{"one more", 350, 351, 1, 0},
		{"the one that ends a chapter: its neighbour leads to it", 399, 400, 2, 1},
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		static struct world w;
		struct chapters before, after;
		size_t changed = 0;

		make_world(&w, rows[r].from);
		chapters_plan(&w.map, &before);
		make_world(&w, rows[r].to);
		chapters_plan(&w.map, &after);
		assert_int_equal(after.count, before.count + rows[r].added);
		for (size_t i = 0; i + 1 < before.count; i++)
			changed += before.prints[i] != after.prints[i];
		changed += before.prints[before.count - 1] != after.prints[after.count - 1];
		if (changed != rows[r].changed)
			fail_msg("%s: %zu changed", rows[r].sentence, changed);
		chapters_clear(&before);
		chapters_clear(&after);
	}
}

static void another_boot_of_an_old_kernel_changes_its_chapter(void **state)
{
	static struct world w;
	struct chapters before, after;

	(void)state;
	make_world(&w, 350);
	chapters_plan(&w.map, &before);
	w.boots[7] = 9999;
	chapters_plan(&w.map, &after);
	assert_int_equal(before.count, 3);
	assert_true(before.prints[0] != after.prints[0]);
	assert_true(before.prints[1] == after.prints[1]);
	assert_true(before.prints[2] == after.prints[2]);
	chapters_clear(&before);
	chapters_clear(&after);
}

static void branches_of_other_hosts_are_left_out(void **state)
{
	static struct world w;
	struct chapters chapters;

	(void)state;
	make_world(&w, 10);
	w.family.host_id = 2;
	chapters_plan(&w.map, &chapters);
	assert_int_equal(chapters.count, 0);
	chapters_clear(&chapters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kernel_is_on_one_page),
		cmocka_unit_test(a_kernel_more_changes_the_newest_page_only),
		cmocka_unit_test(another_boot_of_an_old_kernel_changes_its_chapter),
		cmocka_unit_test(branches_of_other_hosts_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
