/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/screen.h"

#include <errno.h>

#include "lab_fixture.h"
#include "store/event_changes.h"
#include "work/judge.h"

static struct comparison judged(struct lab *lab, const struct run *run)
{
	struct comparison c;

	must(judge_comparison(lab->s.db, run->id, &c, &store_err));
	return c;
}

/* A screen of the next kernel of the branch; returns its comparison, judged. */
static struct comparison screen(
	struct lab *lab, const struct commit *base, struct commit *ret, double value)
{
	struct run run;
	struct comparison c;

	*ret = lab_commit(lab);
	run = lab_compare(lab, "screen", base, ret);
	lab_session(lab, &run, "BB", value, value);
	c = judged(lab, &run);
	if (c.screen.step != SCREEN_MEASURE)
		must(screen_close(lab->s.db, &c, lab->now, &store_err));
	return c;
}

/* A branch with so many quiet kernels. */
static struct commit quiet_branch(struct lab *lab, int kernels)
{
	struct commit base = lab_commit(lab), next = base;

	for (int i = 0; i < kernels; i++) {
		struct comparison c = screen(lab, &base, &next, 1e6);

		comparison_clear(&c);
		base = next;
	}
	return base;
}

static void check_sentence(const struct comparison *c, const char *want)
{
	if (!strstr(c->sentence, want))
		fail_msg("\"%s\", expected \"%s\"", c->sentence, want);
}

static void a_screen_begins_with_two_boots(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;
	struct run run;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 4);
	fresh = lab_commit(&lab);
	run = lab_compare(&lab, "screen", &base, &fresh);
	c = judged(&lab, &run);
	assert_int_equal(c.screen.step, SCREEN_MEASURE);
	assert_string_equal(c.screen.order, "BB");
	check_sentence(&c, "SCREENING, 0 of 2 boots so far");
	assert_int_equal(screen_close(lab.s.db, &c, 1, NULL), -EINVAL);
	comparison_clear(&c);
	store_close(&lab.s);
}

static void the_first_kernels_are_the_baseline(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 3);
	c = screen(&lab, &base, &fresh, 1e6);
	assert_int_equal(c.screen.step, SCREEN_COLLECT);
	check_sentence(&c,
		"COLLECTING BASELINE, 6 of 8 boots, 3 of 4 lab sessions; no verdicts "
		"yet");
	assert_int_equal(c.verdicts[VERDICT_UNCHANGED], 0);
	assert_int_equal(c.level_boots, 6);
	comparison_clear(&c);
	c = screen(&lab, &fresh, &base, 1e6);
	assert_int_equal(c.screen.step, SCREEN_QUIET);
	check_sentence(
		&c, "NO CHANGE SEEN, 2 boots against 8 baseline boots; increases above ");
	comparison_clear(&c);
	store_close(&lab.s);
}

static void a_slower_kernel_is_suspicious_and_its_family_is_fixed(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;
	struct run confirm;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	c = screen(&lab, &base, &fresh, 1.2e6);
	assert_int_equal(c.screen.step, SCREEN_CONFIRM);
	check_sentence(&c, "SUSPICIOUS, 1 cell");
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 0);
	confirm = lab_compare(&lab, "confirm", &base, &fresh);
	must(confirm_begin(lab.s.db, confirm.id, c.id, &store_err));
	comparison_clear(&c);
	lab_session(&lab, &confirm, "ABBA", 1e6, 1.2e6);
	c = judged(&lab, &confirm);
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 1);
	for (size_t i = 0; i < c.cell_count; i++)
		assert_int_equal(c.cells[i].in_family, c.cells[i].verdict == VERDICT_REGRESSED);
	check_sentence(&c, "LOOK 1 OF 3 with 2+2 boots; preliminary, may change: More instr");
	comparison_clear(&c);
	store_close(&lab.s);
}

#define SCREEN_JOB                                                                      \
	"INSERT INTO jobs (id, kind, state, origin, repository, plan, new_commit, "     \
	"comparison_id, created_unix_ms, updated_unix_ms, change) SELECT 1, 'screen', " \
	"'ended', 'watch', 'r', 'p', new_commit, id, 1, 1, 1 FROM comparisons "         \
	"WHERE id = (SELECT max(id) FROM comparisons); "
#define CONFIRM_JOB(id, state, priority, parent)                                              \
	"INSERT INTO jobs (id, kind, state, priority, origin, repository, plan, new_commit, " \
	"parent_job, created_unix_ms, updated_unix_ms, change) SELECT " id                    \
	", 'confirm', '" state "', " priority ", 'screen', 'r', 'p', new_commit, " parent     \
	", 1, 1, 1 FROM comparisons WHERE id = (SELECT max(id) FROM comparisons); "
#define CONFIRM(state)                                                                       \
	"INSERT INTO comparisons (host_id, plan_id, base_commit, new_commit, recipe, kind, " \
	"boots_wanted, confirm, state, created_unix_ms, updated_unix_ms, screen_id) SELECT " \
	"host_id, plan_id, base_commit, new_commit, recipe, 'confirm', 4, 1, '" state        \
	"', 1, 1, id FROM comparisons WHERE id = (SELECT max(id) FROM comparisons); "

/* The first line of the page, of the terminal and of the data. */
static void a_suspicion_says_what_follows(void **state)
{
	static const struct {
		const char *sentence, *sql, *wanted;
	} rows[] = {
		{"nobody has asked for a confirm", "SELECT 1", "; a confirm is to decide"},
		{"its confirm is the next job", SCREEN_JOB CONFIRM_JOB("2", "queued", "1", "1"),
			"; confirm queued as number 1 on emulated"},
		{"a more urgent job comes before its confirm",
			SCREEN_JOB CONFIRM_JOB("2", "queued", "1", "1")
				CONFIRM_JOB("3", "ready", "9", "NULL"),
			"; confirm queued as number 2 on emulated"},
		{"a job that measures does not wait",
			SCREEN_JOB CONFIRM_JOB("2", "build", "1", "1")
				CONFIRM_JOB("3", "boot", "9", "NULL"),
			"; confirm queued as number 1 on emulated"},
		{"another screen's confirm is queued",
			SCREEN_JOB CONFIRM_JOB("2", "queued", "1", "NULL"),
			"; a confirm is to decide"},
		{"its confirm runs", CONFIRM("running"), "; its confirm runs"},
		{"its confirm is done", CONFIRM("done"), "; its confirm has answered"},
		{"its confirm failed", CONFIRM("failed"), "; its confirm failed"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct commit base, fresh;
		struct comparison c;
		struct lab lab;
		int64_t id;

		lab_open(&lab);
		base = quiet_branch(&lab, 6);
		c = screen(&lab, &base, &fresh, 1.2e6);
		id = c.id;
		comparison_clear(&c);
		must(db_exec(lab.s.db, rows[i].sql, &store_err));
		must(judge_comparison(lab.s.db, id, &c, &store_err));
		if (strncmp(c.sentence, "SUSPICIOUS, 1 cell;", 19) ||
			strcmp(c.sentence + 18, rows[i].wanted))
			fail_msg("%s: \"%s\", expected \"%s\"", rows[i].sentence, c.sentence,
				rows[i].wanted);
		comparison_clear(&c);
		store_close(&lab.s);
	}
}

/* A slower kernel, found and confirmed; it is the new base. */
static struct commit slower_kernel(struct lab *lab, struct commit *base, int64_t *ret_confirm)
{
	struct commit fresh;
	struct comparison c = screen(lab, base, &fresh, 1.2e6);
	struct run confirm;

	assert_int_equal(c.screen.step, SCREEN_CONFIRM);
	confirm = lab_compare(lab, "confirm", base, &fresh);
	must(confirm_begin(lab->s.db, confirm.id, c.id, &store_err));
	comparison_clear(&c);
	lab_session(lab, &confirm, "ABBA", 1e6, 1.2e6);
	must(run_end(
		lab->s.db, &confirm, FAILURE_NONE, SYMPTOM_NONE, NULL, lab->now, &store_err));
	c = judged(lab, &confirm);
	must(level_note(lab->s.db, &c, &store_err));
	comparison_clear(&c);
	*ret_confirm = confirm.id;
	return fresh;
}

static void a_slower_kernel_does_not_teach_its_level(void **state)
{
	struct commit base, slower, fresh;
	struct comparison c;
	struct lab lab;
	int64_t confirm;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	slower = slower_kernel(&lab, &base, &confirm);
	c = screen(&lab, &slower, &fresh, 1.2e6);
	assert_int_equal(c.screen.step, SCREEN_CONFIRM); /* still slower than the level */
	assert_int_equal(c.level_boots, 14); /* 6 x 2 and the confirm's base boots */
	comparison_clear(&c);
	c = screen(&lab, &slower, &fresh, 1e6);
	assert_int_equal(c.screen.step, SCREEN_QUIET); /* mended */
	comparison_clear(&c);
	store_close(&lab.s);
}

/* An event that a confirm opened. */
static int64_t event_of(
	struct lab *lab, const struct commit *from, const struct commit *to, int64_t confirm)
{
	struct event event = {.branch = (char *)(uintptr_t) "next",
		.from.id = from->id,
		.to.id = to->id,
		.state = EVENT_CONFIRMED,
		.metric = (char *)(uintptr_t) "enable",
		.title = (char *)(uintptr_t) "enable",
		.unit = (char *)(uintptr_t) "instructions",
		.sentence = (char *)(uintptr_t) "slower",
		.message_id = (char *)(uintptr_t) "1@example.org"};

	must(event_add(lab->s.db, &event, "kvmperf", "slower", &store_err));
	must(event_add_evidence(
		lab->s.db, event.id, confirm, EVENT_OPENED, lab->now, &store_err));
	return event.id;
}

static void assert_level(
	struct lab *lab, const struct commit *base, enum screen_step step, size_t boots)
{
	struct commit fresh;
	struct comparison c = screen(lab, base, &fresh, 1.2e6);
	auto_free char *sql = mem_printf(
		"UPDATE comparisons SET branch = 'aside' WHERE id = %lld", (long long)c.id);

	assert_int_equal(c.level_boots, boots);
	assert_int_equal(c.screen.step, step);
	must(db_exec(lab->s.db, sql, &store_err)); /* the next look sees what this one saw */
	comparison_clear(&c);
}

static void the_level_follows_the_event(void **state)
{
	static const struct {
		enum event_state from, to;
		enum screen_step step;
		size_t boots;
	} rows[] = {
		/* somebody looks after it: from now on it is the level, which begins anew */
		{EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, SCREEN_COLLECT, 2},
		{EVENT_ACKNOWLEDGED, EVENT_CONFIRMED, SCREEN_CONFIRM, 14},
		{EVENT_CONFIRMED, EVENT_WONTFIX, SCREEN_COLLECT, 2},
		{EVENT_WONTFIX, EVENT_FIXED_SEEN, SCREEN_COLLECT, 2},
		/* a mistake: all that was measured is one level */
		{EVENT_FIXED_SEEN, EVENT_INVALID, SCREEN_CONFIRM, 16},
		{EVENT_INVALID, EVENT_CONFIRMED, SCREEN_CONFIRM, 14},
	};
	struct commit base, slower;
	int64_t confirm, event;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	slower = slower_kernel(&lab, &base, &confirm);
	event = event_of(&lab, &base, &slower, confirm);
	assert_level(&lab, &slower, SCREEN_CONFIRM, 14);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		must(event_move(lab.s.db, event, rows[i].from, rows[i].to, "A", "because",
			lab.now, &store_err));
		assert_level(&lab, &slower, rows[i].step, rows[i].boots);
	}
	must(event_attach(lab.s.db, event, false, lab.now, &store_err));
	assert_level(&lab, &slower, SCREEN_CONFIRM, 14);
	must(event_attach(lab.s.db, event, true, lab.now, &store_err)); /* it stays so */
	assert_level(&lab, &slower, SCREEN_COLLECT, 2);
	store_close(&lab.s);
}

/* A later kernel, which somebody compares by hand with one from before the change. */
static void a_question_of_somebodys_binds_no_level(void **state)
{
	struct commit base, slower, later;
	int64_t confirm, event;
	struct comparison c;
	struct lab lab;
	struct run hand;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	slower = slower_kernel(&lab, &base, &confirm);
	event = event_of(&lab, &base, &slower, confirm);
	must(event_move(lab.s.db, event, EVENT_CONFIRMED, EVENT_ACKNOWLEDGED, "A", "because",
		lab.now, &store_err));
	assert_level(&lab, &slower, SCREEN_COLLECT, 2);
	later = lab_commit(&lab);
	hand = lab_compare(&lab, "fixed", &base, &later);
	lab_session(&lab, &hand, "ABBAABBA", 1e6, 1.2e6);
	must(run_end(lab.s.db, &hand, FAILURE_NONE, SYMPTOM_NONE, NULL, lab.now, &store_err));
	c = judged(&lab, &hand);
	assert_int_equal(c.verdicts[VERDICT_REGRESSED], 1);
	must(level_note(lab.s.db, &c, &store_err));
	comparison_clear(&c);
	c = screen(&lab, &slower, &later, 1.2e6);
	assert_int_equal(c.screen.step, SCREEN_COLLECT);
	comparison_clear(&c);
	assert_level(&lab, &slower, SCREEN_COLLECT, 4); /* the event's and the last one's */
	store_close(&lab.s);
}

static void the_same_image_is_no_news(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	must(db_exec(lab.s.db, "UPDATE kernels SET image_hash = 'same as before'", &store_err));
	fresh = lab_commit(&lab);
	must(db_exec(lab.s.db, "UPDATE kernels SET image_hash = 'same as before'", &store_err));
	{
		struct run run = lab_compare(&lab, "screen", &base, &fresh);

		lab_session(&lab, &run, "BB", 1e6, 1.2e6);
		c = judged(&lab, &run);
	}
	assert_int_equal(c.screen.step, SCREEN_QUIET);
	check_sentence(&c, "SAME BUILD as the base (image hash same as befo)");
	comparison_clear(&c);
	store_close(&lab.s);
}

static void another_branch_has_another_level(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	must(db_exec(lab.s.db, "UPDATE comparisons SET branch = 'other'", &store_err));
	c = screen(&lab, &base, &fresh, 1e6);
	assert_int_equal(c.screen.step, SCREEN_COLLECT);
	assert_int_equal(c.level_boots, 2); /* those of the base kernel itself */
	comparison_clear(&c);
	store_close(&lab.s);
}

static void old_boots_are_no_baseline(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 6);
	lab.now += 56 * (int64_t)DAY;
	c = screen(&lab, &base, &fresh, 1e6);
	assert_int_equal(c.screen.step, SCREEN_COLLECT);
	check_sentence(&c, "6 of 8 boots, 3 of 4 lab sessions");
	comparison_clear(&c);
	store_close(&lab.s);
}

static void boots_of_a_machine_that_changed_are_not_compared(void **state)
{
	struct commit base, fresh;
	struct comparison c;
	struct lab lab;
	struct run run;

	(void)state;
	lab_open(&lab);
	base = lab_commit(&lab);
	fresh = lab_commit(&lab);
	run = lab_compare(&lab, "fixed", &base, &fresh);
	lab_session(&lab, &run, "ABBAABBA", 1e6, 1.2e6);
	must(db_exec(lab.s.db, "UPDATE boots SET kvm_mode = 'VHE mode' WHERE side = 'B'",
		&store_err));
	assert_int_equal(record_all(lab.s.db, &store_err), 8);
	c = judged(&lab, &run);
	assert_int_equal(c.headline, VERDICT_FAILED);
	check_sentence(&c, "NOT COMPARABLE: the machine changed between its boots");
	comparison_clear(&c);
	store_close(&lab.s);
}

static void history_lends_its_variance(void **state)
{
	struct commit base, fresh;
	struct comparison with, without;
	struct lab lab;
	struct run run;

	(void)state;
	lab_open(&lab);
	base = quiet_branch(&lab, 8);
	fresh = lab_commit(&lab);
	run = lab_compare(&lab, "fixed", &base, &fresh);
	lab_session(&lab, &run, "AB", 1e6, 1e6);
	with = judged(&lab, &run);
	must(db_exec(lab.s.db, "DELETE FROM boot_values WHERE boot_id < 16", &store_err));
	without = judged(&lab, &run);
	/* one boot a side has no variance of its own */
	assert_int_equal(with.verdicts[VERDICT_FAILED] + 1, without.verdicts[VERDICT_FAILED]);
	comparison_clear(&with);
	comparison_clear(&without);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_screen_begins_with_two_boots),
		cmocka_unit_test(the_first_kernels_are_the_baseline),
		cmocka_unit_test(a_slower_kernel_is_suspicious_and_its_family_is_fixed),
		cmocka_unit_test(a_suspicion_says_what_follows),
		cmocka_unit_test(a_slower_kernel_does_not_teach_its_level),
		cmocka_unit_test(the_level_follows_the_event),
		cmocka_unit_test(a_question_of_somebodys_binds_no_level),
		cmocka_unit_test(the_same_image_is_no_news),
		cmocka_unit_test(another_branch_has_another_level),
		cmocka_unit_test(old_boots_are_no_baseline),
		cmocka_unit_test(boots_of_a_machine_that_changed_are_not_compared),
		cmocka_unit_test(history_lends_its_variance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
