/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/watch.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

/*
 * A chain as letters, newest first: 't' touches a path, 'm' merges, 'k' has a job,
 * '.' none of these; "tk" is not possible, a known one is never wanted. The commit at
 * place i is called "ci". Choices are written "step<older", in order.
 */
static const struct {
	const char *name, *chain;
	enum watch_what what;
	bool is_fresh;
	int room;
	const char *choices;
	size_t left_out;
	bool is_settled;
} rows[] = {
	{"the tip is always tested", "....", WATCH_PATHS, false, 8, "0<old", 0, true},
	{"commits that touch a path are", ".t.t", WATCH_PATHS, false, 8, "0<c1 1<c3 3<old", 0,
		true},
	{"merges are, when they are asked for", "tm.m", WATCH_MERGES, false, 8,
		"0<c1 1<c3 3<old", 0, true},
	{"merges do not count by paths", ".m.t", WATCH_PATHS, false, 8, "0<c3 3<old", 0, true},
	{"the tip alone, when that is asked for", "tttt", WATCH_TIP, false, 8, "0<old", 0,
		true},
	{"the newest come first, up to the cap", "tttt", WATCH_PATHS, false, 2, "0<c1 1<old", 2,
		true},
	{"a full day leaves the update for the next", "tttt", WATCH_PATHS, false, 0, "", 4,
		false},
	{"a room below nothing is none", "t", WATCH_PATHS, false, -3, "", 1, false},
	{"of a forced branch only the tip", "tttt", WATCH_PATHS, true, 8, "0<", 0, true},
	{"what has a job gets no other", "ktkt", WATCH_PATHS, false, 8, "1<c2 3<old", 0, true},
	{"a known tip with nothing new is done with", "k", WATCH_PATHS, false, 0, "", 0, true},
	{"a commit with a job is the neighbour of a newer one", "..k.", WATCH_PATHS, false, 8,
		"0<c2", 0, true},
	{"nothing new", "", WATCH_PATHS, false, 8, "", 0, true},
};

static void write_choices(const struct watch_choice *choices, size_t count, struct str *out)
{
	for (size_t i = 0; i < count; i++)
		str_addf(out, "%s%zu<%s", i ? " " : "", choices[i].step, choices[i].older);
}

static void test_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct watch_step steps[8] = {{.touches = false}};
		struct watch_choice choices[9];
		auto_str struct str got = STR_INIT;
		struct watch_update update = {steps, strlen(rows[i].chain), rows[i].is_fresh,
			rows[i].is_fresh ? "" : "old", rows[i].what, rows[i].room};
		struct watch_verdict verdict;

		for (size_t k = 0; k < update.count; k++) {
			snprintf(steps[k].oid, sizeof(steps[k].oid), "c%zu", k);
			steps[k].touches = rows[i].chain[k] == 't';
			steps[k].is_merge = rows[i].chain[k] == 'm';
			steps[k].is_known = rows[i].chain[k] == 'k';
		}
		verdict = watch_choose(&update, choices);
		write_choices(choices, verdict.count, &got);
		if (strcmp(str_text(&got), rows[i].choices) ||
			verdict.left_out != rows[i].left_out ||
			verdict.is_settled != rows[i].is_settled)
			fail_msg("%s: \"%s\", %zu left out, settled %d", rows[i].name,
				str_text(&got), verdict.left_out, verdict.is_settled);
	}
}

static const struct {
	const char *name;
	enum baseline_kind kind;
	const char *found, *older, *parent, *want;
	bool fell_back;
} baselines[] = {
	{"the parent rule takes the measured neighbour", BASELINE_PARENT, "", "o", "p", "o",
		false},
	{"without one it takes the first parent", BASELINE_PARENT, "", "", "p", "p", false},
	{"a root commit has nothing", BASELINE_PARENT, "", "", "", "", false},
	{"what the rule finds counts", BASELINE_TAG, "f", "o", "p", "f", false},
	{"a merge base that is the commit itself does not", BASELINE_MERGE_BASE, "c", "o", "p",
		"o", true},
	{"a rule that finds nothing falls back", BASELINE_TAG, "", "", "p", "p", true},
	{"a commit is not its own neighbour", BASELINE_PARENT, "", "c", "p", "p", false},
};

static void test_baselines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(baselines); i++) {
		bool fell_back;
		const char *got = watch_baseline(baselines[i].kind, "c", baselines[i].found,
			baselines[i].older, baselines[i].parent, &fell_back);

		if (strcmp(got, baselines[i].want) || fell_back != baselines[i].fell_back)
			fail_msg("%s: \"%s\" %d", baselines[i].name, got, fell_back);
	}
}

static void what_waits_for_a_person_is_told_apart(void **state)
{
	(void)state;
	assert_true(watch_problem_passes(-ENETUNREACH));
	assert_true(watch_problem_passes(-ETIMEDOUT));
	assert_true(watch_problem_passes(-ENOSPC));
	assert_false(watch_problem_passes(-EACCES));
	assert_false(watch_problem_passes(-EKEYREJECTED));
	assert_false(watch_problem_passes(-ENOENT));
}

static void a_day_begins_at_midnight(void **state)
{
	(void)state;
	assert_int_equal(watch_day_unix_ms(86400000LL * 3 + 5), 86400000LL * 3);
	assert_int_equal(watch_day_unix_ms(86400000LL * 3), 86400000LL * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_baselines),
		cmocka_unit_test(what_waits_for_a_person_is_told_apart),
		cmocka_unit_test(a_day_begins_at_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
