/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/drift.h"

#include "support.h"

#include <math.h>

#include "base/mem.h"

enum { KERNELS = 80 };

/* A line of kernels: the first is of another epoch, number 30 is a release. */
struct frame {
	struct history_kernel kernels[KERNELS];
	char oids[KERNELS][41];
	int64_t boots[KERNELS];
	struct history_line line;
	struct judging judging;
};

static char host[] = "altra-03", branch[] = "kvmarm/next";
static char plain[] = "KVM: arm64: something", release[] = "Linux 6.19-rc1";

static void frame_open(struct frame *f, size_t count)
{
	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < count; i++) {
		snprintf(f->oids[i], sizeof(f->oids[i]), "%040zu", i);
		f->boots[i] = (int64_t)i + 1;
		f->kernels[i] = (struct history_kernel){.oid = f->oids[i],
			.subject = i == 30 ? release : plain,
			.commit_time_s = (int64_t)i,
			.epoch_id = i ? 2 : 1,
			.first_boot = i,
			.boot_count = 1};
	}
	f->line = (struct history_line){
		1, host, branch, false, f->kernels, count, f->boots, count};
	f->judging = judging_defaults();
}

static void the_anchor_is_the_newest_release_else_the_first_of_the_epoch(void **state)
{
	static const struct {
		const char *sentence;
		size_t kernels, anchor, first;
	} rows[] = {
		{"a release before the newest kernel", 80, 30, 20},
		{"a branch that has none yet begins with its epoch", 20, 1, 0},
		{"the newest kernel is no anchor of itself", 31, 1, 0},
		{"one kernel alone is its own", 1, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct drift drift;
		struct frame f;

		frame_open(&f, rows[i].kernels);
		drift_plan(&f.line, &drift);
		if (drift.anchor != rows[i].anchor || drift.window.first != rows[i].first)
			fail_msg("%s: anchor %zu, from %zu", rows[i].sentence, drift.anchor,
				drift.window.first);
		drift_clear(&drift);
	}
}

static void a_release_is_known_by_its_subject(void **state)
{
	static const struct {
		const char *subject;
		bool is;
	} rows[] = {
		{"Linux 6.18", true},
		{"Linux 6.19-rc1", true},
		{"Linux 6.12.5", true},
		{"Linux", false},
		{"Linux 7", false},
		{"Linux x.y", false},
		{"Linux 6.18 is broken", false},
		{"Linux 6.1<script>", false},
		{"Merge tag 'kvmarm-6.19'", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (drift_is_release(rows[i].subject) != rows[i].is)
			fail_msg("\"%s\"", rows[i].subject);
	assert_false(drift_is_release(NULL));
}

/* Steps of 0.1 % a kernel and some noise, in two metrics. */
static void fill(struct frame *f, struct drift *drift)
{
	double values[KERNELS], other[KERNELS];

	drift_plan(&f->line, drift);
	for (size_t i = 0; i < drift->window.count; i++) {
		double at = (double)(drift->window.first + i) - 30;

		values[i] = log(0.2) + 0.001 * at + (i % 2 ? 0.0004 : -0.0004);
		other[i] = log(0.1);
	}
	drift_add_cell(&f->judging, drift, "clear-first", "s", values, log(0.2));
	drift_add_cell(&f->judging, drift, "clear-first", "s", values, log(0.2));
	drift_add_cell(&f->judging, drift, "enable", "s", other, log(0.1));
	/* these two do not count: no anchor, and 10 us are below the floor of 0.2 ms */
	drift_add_cell(&f->judging, drift, "enable", "s", other, NAN);
	drift_add_cell(&f->judging, drift, "disable", "s", other, log(1e-5));
	drift_finish(drift);
}

static void small_steps_add_up(void **state)
{
	struct drift drift;
	struct frame f;

	(void)state;
	frame_open(&f, KERNELS);
	fill(&f, &drift);
	assert_int_equal(drift.metric_count, 2);
	assert_int_equal(drift.cells, 3);
	assert_int_equal(drift.kernels, 60);
	assert_string_equal(drift.metrics[0].name, "clear-first");
	/* the mean of the newest five: 47 steps */
	assert_true(fabs(drift.metrics[0].change.change - expm1(0.047)) < 0.0005);
	assert_true(drift.metrics[0].change.has_interval);
	assert_true(drift.metrics[0].change.low > 0.04 && drift.metrics[0].change.high < 0.06);
	assert_true(fabs(drift.metrics[1].change.change) < 1e-9);
	assert_true(fabs(drift.change.change - expm1(0.047 * 2 / 3)) < 0.0005);
	drift_clear(&drift);
}

static void a_kernel_that_lacks_a_cell_is_left_out(void **state)
{
	double values[KERNELS] = {0};
	struct drift drift;
	struct frame f;

	(void)state;
	frame_open(&f, 8);
	drift_plan(&f.line, &drift);
	values[4] = NAN;
	drift_add_cell(&f.judging, &drift, "enable", "s", values, 0);
	values[4] = 0;
	drift_add_cell(&f.judging, &drift, "clear", "s", values, 0);
	drift_finish(&drift);
	assert_int_equal(drift.kernels, 6); /* nor does the one of another epoch */
	assert_true(isnan(drift.metrics[0].values[4]) && isnan(drift.metrics[0].values[0]));
	assert_false(isnan(drift.metrics[1].values[4]));
	drift_clear(&drift);
}

static void too_few_kernels_have_no_interval(void **state)
{
	struct drift drift;
	struct frame f;

	(void)state;
	frame_open(&f, 4);
	fill(&f, &drift);
	assert_int_equal(drift.kernels, 3);
	assert_false(drift.change.has_interval);
	assert_true(isfinite(drift.change.change));
	drift_clear(&drift);
	frame_open(&f, 1);
	drift_plan(&f.line, &drift);
	drift_finish(&drift);
	assert_int_equal(drift.kernels, 0);
	assert_true(isnan(drift.change.change));
	drift_clear(&drift);
}

static void the_anchor_is_no_part_of_its_own_drift(void **state)
{
	double values[KERNELS] = {0};
	struct drift drift;
	struct frame f;

	(void)state;
	frame_open(&f, 3);
	drift_plan(&f.line, &drift);
	assert_int_equal(drift.anchor, 1);
	values[2] = log(1.1);
	drift_add_cell(&f.judging, &drift, "enable", "s", values, 0);
	drift_finish(&drift);
	assert_int_equal(drift.kernels, 2);
	assert_true(fabs(drift.change.change - 0.1) < 1e-9);
	drift_clear(&drift);
}

static void events_of_the_branch_are_marked_once(void **state)
{
	struct history_event events[] = {
		{.id = 7, .host_id = 1, .branch = branch, .oid = NULL},
		{.id = 7, .host_id = 1, .branch = branch, .oid = NULL},
		{.id = 8, .host_id = 2, .branch = branch, .oid = NULL},
		{.id = 9, .host_id = 1, .branch = host, .oid = NULL},
	};
	struct history_map map = {.events = events, .event_count = ARRAY_SIZE(events)};
	struct drift drift;
	struct frame f;
	fingerprint before;

	(void)state;
	frame_open(&f, KERNELS);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		events[i].oid = f.oids[50];
	drift_plan(&f.line, &drift);
	before = drift_print(&drift);
	drift_add_events(&drift, &map);
	assert_int_equal(drift.mark_count, 1);
	assert_int_equal(drift.marks[0].event, 7);
	assert_int_equal(drift.marks[0].kernel, 50 - 20);
	assert_true(before != drift_print(&drift));
	drift_clear(&drift);
}

static void the_word_on_a_drift_reads_back(void **state)
{
	static const char *const broken[] = {"", "drift", "drift x v6.18 1 2 3",
		"drift 3 v6.18 1 2", "1 0 2 0 0 0 0 0 0 sentence",
		"drift 3 v6.18 1 2 3 | enable 1"};
	struct drift drift;
	struct drift_word word;
	struct frame f;
	auto_free char *line = NULL;

	(void)state;
	frame_open(&f, KERNELS);
	fill(&f, &drift);
	drift_tell(&drift, &word);
	line = drift_word_write(&word);
	if (!drift_word_read(line, &word))
		fail_msg("%s", line);
	assert_string_equal(word.anchor, "v6.19-rc1");
	assert_int_equal(word.kernels, 60);
	assert_int_equal(word.metric_count, 2);
	assert_string_equal(word.metrics[0].name, "clear-first");
	assert_true(word.metrics[0].change.has_interval);
	assert_true(fabs(word.metrics[0].change.low - drift.metrics[0].change.low) < 1e-5);
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		if (drift_word_read(broken[i], &word))
			fail_msg("\"%s\" was taken", broken[i]);
	assert_false(drift_word_read(NULL, &word));
	drift_clear(&drift);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_anchor_is_the_newest_release_else_the_first_of_the_epoch),
		cmocka_unit_test(a_release_is_known_by_its_subject),
		cmocka_unit_test(small_steps_add_up),
		cmocka_unit_test(a_kernel_that_lacks_a_cell_is_left_out),
		cmocka_unit_test(too_few_kernels_have_no_interval),
		cmocka_unit_test(the_anchor_is_no_part_of_its_own_drift),
		cmocka_unit_test(events_of_the_branch_are_marked_once),
		cmocka_unit_test(the_word_on_a_drift_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
