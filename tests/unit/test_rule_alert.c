/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/alert.h"

#include "support.h"

#include "base/mem.h"

enum { CELLS = 4 };

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static struct comparison_scenario scenarios[] = {
	{.name = TEXT("a")}, {.name = TEXT("b")}, {.name = TEXT("c")}, {.name = TEXT("d")}};
static char *modes[] = {TEXT("40/48/4K")};
static struct comparison_metric metrics[] = {{.name = TEXT("enable"), .unit = TEXT("s")}};

/* '+', '-', '.', '?' a cell, as on the terminal; change is that of all flagged ones. */
static struct comparison compare(const char *glyphs, double change, struct cell *cells)
{
	struct comparison c = {.host = TEXT("n1"),
		.scenarios = scenarios,
		.scenario_count = CELLS,
		.modes = modes,
		.mode_count = 1,
		.metrics = metrics,
		.metric_count = 1,
		.cells = cells,
		.cell_count = CELLS,
		.headline = VERDICT_UNCHANGED};

	for (size_t i = 0; i < CELLS; i++) {
		enum verdict verdict = VERDICT_REGRESSED;

		while (verdict_glyph(verdict) != glyphs[i])
			verdict++;
		cells[i] = (struct cell){.scenario = i, .verdict = verdict};
		if (verdict <= VERDICT_IMPROVED)
			cells[i].change = change;
		c.verdicts[verdict]++;
	}
	if (c.verdicts[VERDICT_IMPROVED])
		c.headline = VERDICT_IMPROVED;
	if (c.verdicts[VERDICT_REGRESSED])
		c.headline = VERDICT_REGRESSED;
	c.effect.change = change;
	return c;
}

/* The event at hand: commits 1..2, +10 % in cells a and b, interval 8 to 12 %. */
static struct event an_event(struct event_cell *rows, int attached)
{
	for (size_t i = 0; i < 2; i++)
		rows[i] = (struct event_cell){.host = TEXT("n1"),
			.scenario = scenarios[i].name,
			.mode = modes[0],
			.metric = metrics[0].name,
			.change = 0.10,
			.minimum = 0.02};
	return (struct event){.from.id = 1,
		.to.id = 2,
		.state = EVENT_CONFIRMED,
		.change = 0.10,
		.low = 0.08,
		.high = 0.12,
		.attached = attached,
		.cells = rows,
		.cell_count = 2};
}

static const struct {
	const char *name;
	int base, fresh;
	const char *cells;
	double change;
	int attached;
	enum alert_kind kind;
	bool level;
} answers[] = {
	{"nothing flagged between other commits", 5, 6, "....", 0, 0, ALERT_NOTHING, false},
	{"other cells are another event", 5, 6, "..++", 0.10, 0, ALERT_OPEN, false},
	{"the same range again is merged", 1, 2, "++..", 0.30, 0, ALERT_MERGE, false},
	{"the same range where nothing is seen differs", 1, 2, "....", 0, 0, ALERT_DIFFERS,
		false},
	{"a later kernel with the same is attached", 5, 6, "++..", 0.11, 0, ALERT_ATTACH,
		false},
	{"so is one that shares half of the cells", 5, 6, "+...", 0.11, 0, ALERT_ATTACH, false},
	{"less than half is another event", 5, 6, "+.++", 0.11, 0, ALERT_OPEN, false},
	{"a change beyond the interval is another event", 5, 6, "++..", 0.20, 0, ALERT_OPEN,
		false},
	{"the third later kernel makes it the level", 5, 6, "++..", 0.11, 2, ALERT_ATTACH,
		true},
	{"against its own base it is still there", 1, 6, "++..", 0.11, 0, ALERT_STILL, false},
	{"cells back against its own base: fixed", 1, 6, "....", 0, 0, ALERT_FIXED, false},
	{"one cell that is not shown to be back is no fix", 1, 6, ".?..", 0, 0, ALERT_NOTHING,
		false},
	{"the step undone: fixed", 5, 6, "--..", -0.0909, 0, ALERT_FIXED, false},
	{"half of the step undone is an improvement", 5, 6, "--..", -0.05, 0, ALERT_OPEN,
		false},
	{"one cell undone is an improvement", 5, 6, "-...", -0.0909, 0, ALERT_OPEN, false},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct cell cells[CELLS];
		struct event_cell rows[2];
		struct event event = an_event(rows, answers[i].attached);
		struct comparison c = compare(answers[i].cells, answers[i].change, cells);
		struct alert_answer answer;

		c.base.commit_id = answers[i].base;
		c.fresh.commit_id = answers[i].fresh;
		answer = alert_answer(&c, &event, 1);

		if (answer.kind != answers[i].kind || answer.level != answers[i].level)
			fail_msg("%s: %d %d", answers[i].name, answer.kind, answer.level);
	}
}

/* A bisect made the range smaller; another host confirms the one that opened the event. */
static void the_range_that_opened_it_stays_its_own(void **state)
{
	struct event_evidence opened = {
		.role = EVENT_OPENED, .base_oid = TEXT("aa"), .new_oid = TEXT("ff")};
	struct cell cells[CELLS];
	struct event_cell rows[2];
	struct comparison c = compare("++..", 0.3, cells);
	struct event event = an_event(rows, 0);

	(void)state;
	event.evidence = &opened;
	event.evidence_count = 1;
	c.base = (struct comparison_side){.commit_id = 5, .oid = TEXT("aa")};
	c.fresh = (struct comparison_side){.commit_id = 6, .oid = TEXT("ff")};
	assert_int_equal(alert_answer(&c, &event, 1).kind, ALERT_MERGE);
	c.fresh.oid = TEXT("ee");
	assert_int_equal(alert_answer(&c, &event, 1).kind, ALERT_OPEN);
}

static void instructions_and_time_never_mix(void **state)
{
	struct cell cells[CELLS];
	struct event_cell rows[2];
	struct comparison c = compare("++..", 0.1, cells);
	struct event event = an_event(rows, 0);

	(void)state;
	c.base.commit_id = 1;
	c.fresh.commit_id = 2;
	assert_int_equal(alert_answer(&c, &event, 1).kind, ALERT_MERGE);
	event.emulated = true;
	assert_int_equal(alert_answer(&c, &event, 1).kind, ALERT_OPEN);
}

static void equal_images_open_nothing(void **state)
{
	struct cell cells[CELLS];
	struct comparison c = compare("++..", 0.1, cells);

	(void)state;
	c.same_image = true;
	assert_int_equal(alert_answer(&c, NULL, 0).kind, ALERT_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(the_range_that_opened_it_stays_its_own),
		cmocka_unit_test(instructions_and_time_never_mix),
		cmocka_unit_test(equal_images_open_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
