/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "rules/display.h"
#include "sample.h"

static void flagged_rows_come_first_the_surest_of_them_first(void **state)
{
	auto_free size_t *order = NULL;
	struct comparison c;
	size_t count;

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	order = display_order(&c, true, &count);
	assert_int_equal(count, 96);
	for (size_t i = 0; i < c.verdicts[VERDICT_REGRESSED]; i++) {
		assert_int_equal(c.cells[order[i]].verdict, VERDICT_REGRESSED);
		if (i)
			assert_true(c.cells[order[i]].low <= c.cells[order[i - 1]].low);
	}
	assert_int_equal(c.cells[order[count - 1]].verdict, VERDICT_FAILED);
	comparison_clear(&c);
}

static void improvements_are_ordered_by_their_upper_end(void **state)
{
	auto_free size_t *order = NULL;
	struct comparison c;
	size_t count;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	order = display_order(&c, true, &count);
	for (size_t i = 0; i < c.verdicts[VERDICT_IMPROVED]; i++) {
		assert_int_equal(c.cells[order[i]].verdict, VERDICT_IMPROVED);
		if (i)
			assert_true(c.cells[order[i]].high >= c.cells[order[i - 1]].high);
	}
	comparison_clear(&c);
}

static void metrics_that_are_shown_only_are_apart(void **state)
{
	auto_free size_t *order = NULL;
	struct comparison c;
	size_t count;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	order = display_order(&c, false, &count);
	assert_int_equal(count, 24);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(c.metrics[c.cells[order[i]].metric].name, "enable-time");
	assert_true(display_has_time(&c));
	comparison_clear(&c);
}

static void one_range_holds_every_flagged_interval(void **state)
{
	struct comparison c;
	double low, high;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	display_range(&c, &low, &high);
	assert_true(low < -0.02 && high > 0.02);
	for (size_t i = 0; i < c.cell_count; i++)
		if (c.cells[i].in_family && c.cells[i].verdict == VERDICT_IMPROVED)
			assert_true(c.cells[i].low > low && c.cells[i].high < high);
	comparison_clear(&c);
}

static void a_huge_change_does_not_flatten_the_others(void **state)
{
	struct comparison c;
	double low, high;

	(void)state;
	sample_comparison(&c, SAMPLE_UNJUDGED, 7);
	c.cells[0].change = 1e9;
	display_range(&c, &low, &high);
	assert_true(high < 5);
	comparison_clear(&c);
}

static void what_is_below_the_floor_spoils_no_range(void **state)
{
	auto_free size_t *order = NULL;
	struct display_group group;
	struct comparison c;
	double low, high;
	size_t count;

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	for (size_t i = 0; i < c.cell_count; i++) {
		if (!c.cells[i].in_family || c.cells[i].verdict != VERDICT_UNCHANGED)
			continue;
		c.cells[i].minimum = 2;
		c.cells[i].change = 0.9;
		break;
	}
	display_group(&c, VERDICT_UNCHANGED, &group);
	assert_int_equal(group.below_floor, 1);
	assert_true(group.high < 0.02);
	display_range(&c, &low, &high);
	assert_true(high < 0.2);
	order = display_order(&c, true, &count);
	assert_near(c.cells[order[count - 2]].change, 0.9, 0);
	comparison_clear(&c);
}

static void a_group_sums_its_cells_up(void **state)
{
	struct display_group group;
	struct comparison c;

	(void)state;
	sample_comparison(&c, SAMPLE_SLOWER, 7);
	display_group(&c, VERDICT_REGRESSED, &group);
	assert_int_equal(group.cells, 12);
	assert_true(group.low <= group.median && group.median <= group.high);
	assert_near(group.median, 0.10, 0.02);
	display_group(&c, VERDICT_IMPROVED, &group);
	assert_int_equal(group.cells, 0);
	assert_near(group.median, 0, 0);
	comparison_clear(&c);
}

static void glyph_and_tone_agree_with_the_verdict(void **state)
{
	static const struct {
		const char *sentence;
		struct cell cell;
		char glyph;
		enum display_tone tone;
	} rows[] = {
		{"regressed", {.in_family = true, .verdict = VERDICT_REGRESSED, .change = .1},
			'+', DISPLAY_WORSE},
		{"improved", {.in_family = true, .verdict = VERDICT_IMPROVED, .change = -.1},
			'-', DISPLAY_BETTER},
		{"unchanged", {.in_family = true, .verdict = VERDICT_UNCHANGED}, '.',
			DISPLAY_NONE},
		{"inconclusive",
			{.in_family = true, .verdict = VERDICT_INCONCLUSIVE, .change = 9}, '?',
			DISPLAY_NONE},
		{"outside the family", {.change = 9}, ' ', DISPLAY_NONE},
	};
	struct comparison c = {.verdicts = {1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cell cell = rows[i].cell;

		cell.base.count = cell.fresh.count = 3;
		if (display_glyph(&cell) != rows[i].glyph ||
			display_tone(&c, &cell) != rows[i].tone)
			fail_msg("%s: '%c'", rows[i].sentence, display_glyph(&cell));
		cell.fresh.count = 0;
		if (display_glyph(&cell) != 'x' || display_tone(&c, &cell) != DISPLAY_MISSING)
			fail_msg("%s, without data: '%c'", rows[i].sentence,
				display_glyph(&cell));
	}
}

static void an_entry_of_the_reference_table_knows_its_metric(void **state)
{
	static const struct {
		char label[32], metric[32];
	} rows[] = {
		{"enable", "enable"},
		{"clear, first", "clear-first"},
		{"clear, later", "clear-later"},
		{"disable, average", "disable"},
	};
	struct comparison c;

	(void)state;
	sample_comparison(&c, SAMPLE_JUDGED, 7);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char label[32];
		struct reference_entry entry = {.label = strcpy(label, rows[i].label)};
		size_t metric = display_entry_metric(&c, &entry);

		assert_in_range(metric, 0, c.metric_count - 1);
		assert_string_equal(c.metrics[metric].name, rows[i].metric);
	}
	assert_int_equal(
		display_entry_metric(&c, &(struct reference_entry){.label = (char[]){"other"}}),
		c.metric_count);
	comparison_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flagged_rows_come_first_the_surest_of_them_first),
		cmocka_unit_test(improvements_are_ordered_by_their_upper_end),
		cmocka_unit_test(metrics_that_are_shown_only_are_apart),
		cmocka_unit_test(one_range_holds_every_flagged_interval),
		cmocka_unit_test(a_huge_change_does_not_flatten_the_others),
		cmocka_unit_test(what_is_below_the_floor_spoils_no_range),
		cmocka_unit_test(a_group_sums_its_cells_up),
		cmocka_unit_test(glyph_and_tone_agree_with_the_verdict),
		cmocka_unit_test(an_entry_of_the_reference_table_knows_its_metric),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
