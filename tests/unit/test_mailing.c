/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/mailing.h"

#include "support.h"

#include "base/mem.h"
#include "rules/lifecycle.h"

static const struct {
	const char *name;
	struct mailing_facts facts;
	enum mailing_way way;
} ways[] = {
	{"a regression is reported", {.daily_limit = 2}, MAILING_REPORT},
	{"the second of a day is too", {.daily_limit = 2, .reports_today = 1}, MAILING_REPORT},
	{"the third waits", {.daily_limit = 2, .reports_today = 2}, MAILING_DIGEST},
	{"an improvement waits", {.daily_limit = 2, .improved = true}, MAILING_DIGEST},
	{"an emulated host is not told", {.daily_limit = 2, .emulated = true}, MAILING_NOT},
	{"unless it is asked for",
		{.daily_limit = 2, .emulated = true, .emulated_allowed = true}, MAILING_REPORT},
	{"a host that moved is not told", {.daily_limit = 2, .host_moved = true}, MAILING_NOT},
	{"a control that differs is not told", {.daily_limit = 2, .control_moved = true},
		MAILING_NOT},
	{"a tainted boot is not told", {.daily_limit = 2, .tainted = true}, MAILING_NOT},
	{"two commits of no branch are not told", {.daily_limit = 2, .no_branch = true},
		MAILING_NOT},
	{"not even as an improvement", {.improved = true, .host_moved = true}, MAILING_NOT},
};

static void test_ways(void **state)
{
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (mailing_way(&ways[i].facts, &why) != ways[i].way || !why[0])
			fail_msg("%s", ways[i].name);
}

static void test_believed(void **state)
{
	static const struct mailing_facts no[] = {
		{.host_moved = true}, {.control_moved = true}, {.tainted = true}};
	static const struct mailing_facts emulated = {.emulated = true};

	(void)state;
	assert_true(mailing_is_believed(&emulated)); /* an event, though nobody is mailed */
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(mailing_is_believed(&no[i]));
}

#define HOUR 3600000LL

static const struct {
	const char *name;
	int64_t now;
	int from, to;
	int64_t want;
} quiet[] = {
	{"no quiet hours", 5 * HOUR, 0, 0, 5 * HOUR},
	{"before them", 21 * HOUR, 22, 6, 21 * HOUR},
	{"in the evening", 23 * HOUR, 22, 6, 30 * HOUR},
	{"in the morning", 26 * HOUR, 22, 6, 30 * HOUR},
	{"at their end", 30 * HOUR, 22, 6, 30 * HOUR},
	{"within one day", 13 * HOUR + 1, 12, 14, 14 * HOUR},
	{"after those", 14 * HOUR, 12, 14, 14 * HOUR},
};

static void test_quiet(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quiet); i++)
		if (mailing_after_quiet(quiet[i].now, quiet[i].from, quiet[i].to) !=
			quiet[i].want)
			fail_msg("%s", quiet[i].name);
}

static void attempts_come_at_growing_distances(void **state)
{
	(void)state;
	assert_int_equal(mailing_back_off_ms(1), 60000);
	assert_int_equal(mailing_back_off_ms(2), 120000);
	assert_int_equal(mailing_back_off_ms(1000), 6 * HOUR);
}

static void the_digest_comes_once_a_week(void **state)
{
	const int64_t monday = 4 * MAILING_DAY_MS + HOUR; /* 5 January 1970 */

	(void)state;
	assert_true(mailing_digest_due(monday, 0, 0));
	assert_false(mailing_digest_due(monday, 1, 0));
	assert_false(mailing_digest_due(monday + HOUR, 0, monday));
	assert_true(mailing_digest_due(monday + 7 * MAILING_DAY_MS, 0, monday));
}

static const struct {
	enum event_state from, to;
	enum lifecycle_who who;
	bool allowed;
} moves[] = {
	{EVENT_NEW, EVENT_CONFIRMED, BY_SERVICE, true},
	{EVENT_NEW, EVENT_CONFIRMED, BY_PERSON, false},
	{EVENT_CONFIRMED, EVENT_INVALID, BY_PERSON, true},
	{EVENT_CONFIRMED, EVENT_INVALID, BY_SERVICE, false},
	{EVENT_CONFIRMED, EVENT_FIXED_SEEN, BY_SERVICE, true},
	{EVENT_CONFIRMED, EVENT_FIXED_SEEN, BY_PERSON, false},
	{EVENT_INVALID, EVENT_FIXED_SEEN, BY_SERVICE, false},
	{EVENT_INVALID, EVENT_CONFIRMED, BY_PERSON, true},
	{EVENT_FIXED_SEEN, EVENT_CONFIRMED, BY_SERVICE, true},
	{EVENT_CONFIRMED, EVENT_CONFIRMED, BY_PERSON, false},
};

#define DAY MAILING_DAY_MS

static const struct {
	const char *name;
	enum event_state state;
	bool improved;
	int64_t in_state_ms;
	bool closes;
} endings[] = {
	{"what is fixed may come back", EVENT_FIXED_SEEN, false, 14 * DAY - 1, false},
	{"what stays fixed is closed", EVENT_FIXED_SEEN, false, 14 * DAY, true},
	{"a fixed improvement, too", EVENT_FIXED_SEEN, true, 14 * DAY, true},
	{"what nobody confirmed is closed", EVENT_NEW, false, 14 * DAY, true},
	{"a confirmed regression waits for ever", EVENT_CONFIRMED, false, 4000 * DAY, false},
	{"an improvement does not", EVENT_CONFIRMED, true, 14 * DAY, true},
	{"somebody works on it", EVENT_ACKNOWLEDGED, true, 4000 * DAY, false},
	{"a false alarm is ground truth", EVENT_INVALID, false, 4000 * DAY, false},
	{"closed is closed", EVENT_CLOSED, false, 4000 * DAY, false},
};

static void test_endings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		const char *why = lifecycle_closes(
			endings[i].state, endings[i].improved, endings[i].in_state_ms);

		if (!!why != endings[i].closes)
			fail_msg("%s", endings[i].name);
		if (why && !lifecycle_allows(endings[i].state, EVENT_CLOSED, BY_SERVICE))
			fail_msg("%s: not allowed", endings[i].name);
	}
	assert_true(lifecycle_may_close(EVENT_NEW, false));
	assert_false(lifecycle_may_close(EVENT_CONFIRMED, false));
}

static void test_moves(void **state)
{
	enum event_state to;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		if (lifecycle_allows(moves[i].from, moves[i].to, moves[i].who) !=
			moves[i].allowed)
			fail_msg("%s to %s", event_state_name(moves[i].from),
				event_state_name(moves[i].to));
	assert_true(lifecycle_verb("wontfix", &to));
	assert_int_equal(to, EVENT_WONTFIX);
	assert_false(lifecycle_verb("close", &to));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_believed),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(attempts_come_at_growing_distances),
		cmocka_unit_test(the_digest_comes_once_a_week),
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
