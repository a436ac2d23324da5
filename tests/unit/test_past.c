/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "model/event.h"
#include "rules/past.h"
#include "sample.h"

enum { KERNELS = 100, FRESH = 80 };

static char base_oid[] = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334";

/* A branch of kernels, two boots each; the comparison is of number FRESH with the one before.
 */
static void fill_line(struct history_line *line, const struct comparison *c)
{
	*line = (struct history_line){.host_id = 3,
		.host = mem_strdup(c->host),
		.branch = mem_strdup(c->branch),
		.kernels = MEM_NEW(struct history_kernel, KERNELS),
		.boots = MEM_NEW(int64_t, 2 * KERNELS)};
	for (size_t i = 0; i < KERNELS; i++) {
		line->kernels[i] =
			(struct history_kernel){.oid = i == FRESH - 1 ? mem_strdup(base_oid)
						       : i == FRESH   ? mem_strdup(c->fresh.oid)
								      : mem_printf("%040zu", i),
				.subject = mem_strdup("subject"),
				.commit_time_s = 1000 + (int64_t)i,
				.first_boot = 2 * i,
				.boot_count = 2};
		line->boots[2 * i] = 2 * (int64_t)i + 1;
		line->boots[2 * i + 1] = 2 * (int64_t)i + 2;
	}
	line->kernel_count = KERNELS;
	line->boot_count = 2 * KERNELS;
}

static void fill_family(struct history_family *family, const struct comparison *c)
{
	*family = (struct history_family){.host_id = 3,
		.host = mem_strdup(c->host),
		.scenario = mem_strdup("g-4k"),
		.metric = mem_strdup("enable"),
		.unit = mem_strdup("s"),
		.modes = MEM_NEW(char *, 2),
		.mode_count = 2,
		.series = MEM_NEW(struct history_series, 4),
		.series_count = 4};
	for (size_t i = 0; i < 2; i++)
		family->modes[i] = mem_strdup(c->modes[i]);
	for (size_t i = 0; i < 4; i++)
		family->series[i] = (struct history_series){(int64_t)i + 1, 1, i % 2};
}

struct frame {
	struct comparison c;
	struct history_map map;
	size_t cell; /* of the family, second mode */
};

static void frame_open(struct frame *f)
{
	*f = (struct frame){.cell = SIZE_MAX};
	sample_comparison(&f->c, SAMPLE_JUDGED, 7);
	f->c.host_id = 3;
	f->c.fresh.commit_time_s = 1000 + FRESH;
	for (size_t i = 0; i < f->c.boot_count; i++)
		f->c.boots[i].id = 2 * FRESH - 3 + (int64_t)i % 6;
	for (size_t i = 0; i < f->c.cell_count && f->cell == SIZE_MAX; i++)
		if (f->c.cells[i].scenario == 0 && f->c.cells[i].mode == 1 &&
			strcmp(f->c.metrics[f->c.cells[i].metric].name, "enable") == 0)
			f->cell = i;
	f->map.lines = MEM_NEW(struct history_line, 1);
	f->map.families = MEM_NEW(struct history_family, 1);
	f->map.line_count = f->map.family_count = 1;
	fill_line(f->map.lines, &f->c);
	fill_family(f->map.families, &f->c);
}

static void frame_close(struct frame *f)
{
	history_map_clear(&f->map);
	comparison_clear(&f->c);
}

static void a_past_ends_with_the_new_kernel(void **state)
{
	struct history_past past;
	struct frame f;

	(void)state;
	frame_open(&f);
	past_plan(&f.map, &f.c, NULL, &f.cell, 1, &past);
	assert_int_equal(past.count, 1);
	assert_int_equal(past.line.kernel_count, PAST_KERNELS);
	assert_string_equal(past.line.kernels[PAST_KERNELS - 1].oid, f.c.fresh.oid);
	assert_int_equal(past.line.boot_count, 2 * PAST_KERNELS);
	/* one guest mode of the family, in both epochs */
	assert_int_equal(past.families[0].mode_count, 1);
	assert_string_equal(past.families[0].modes[0], f.c.modes[1]);
	assert_int_equal(past.families[0].series_count, 2);
	assert_int_equal(past.families[0].series[1].id, 4);
	assert_int_equal(past.families[0].series[1].mode, 0);
	history_past_clear(&past);
	frame_close(&f);
}

static void what_was_measured_later_is_not_part_of_it(void **state)
{
	struct history_past past;
	struct frame f;

	(void)state;
	frame_open(&f);
	/* an old kernel that was booted again long after, and one that was only then */
	f.map.lines->boots[2 * 70 + 1] = 4711;
	f.map.lines->boots[2 * 75] = 4712;
	f.map.lines->boots[2 * 75 + 1] = 4713;
	past_plan(&f.map, &f.c, NULL, &f.cell, 1, &past);
	assert_int_equal(past.line.boot_count, 2 * PAST_KERNELS - 1);
	for (size_t i = 0; i < past.line.kernel_count; i++)
		assert_true(past.line.kernels[i].commit_time_s != 1000 + 75);
	for (size_t i = 0; i < past.line.boot_count; i++)
		assert_true(past.line.boots[i] < 4711);
	history_past_clear(&past);
	frame_close(&f);
}

static void both_kernels_and_the_event_are_marked(void **state)
{
	struct event event = {.id = 31};
	struct history_past past;
	struct frame f;

	(void)state;
	frame_open(&f);
	event.to.oid = f.c.fresh.oid;
	past_plan(&f.map, &f.c, &event, &f.cell, 1, &past);
	assert_int_equal(past.mark_count, 3);
	assert_int_equal(past.marks[0].side, 'A');
	assert_int_equal(past.marks[0].kernel, PAST_KERNELS - 2);
	assert_int_equal(past.marks[1].side, 'B');
	assert_int_equal(past.marks[1].kernel, PAST_KERNELS - 1);
	assert_int_equal(past.marks[2].event, 31);
	assert_int_equal(past.marks[2].side, 0);
	history_past_clear(&past);
	frame_close(&f);
}

static void kernels_of_no_known_branch_have_no_past(void **state)
{
	struct history_past past;
	struct frame f;

	(void)state;
	frame_open(&f);
	f.c.host_id = 4;
	past_plan(&f.map, &f.c, NULL, &f.cell, 1, &past);
	assert_int_equal(past.count, 0);
	history_past_clear(&past);
	frame_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_past_ends_with_the_new_kernel),
		cmocka_unit_test(what_was_measured_later_is_not_part_of_it),
		cmocka_unit_test(both_kernels_and_the_event_are_marked),
		cmocka_unit_test(kernels_of_no_known_branch_have_no_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
