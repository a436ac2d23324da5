/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/ladder.h"

#include "support.h"

#include "base/mem.h"
#include "string/str.h"

/* Every rung from the bottom, none of which helps, with the seconds that it is given. */
static char *climb(const struct ladder *ladder)
{
	static const char *const names[] = {"ask", "sysrq", "watchdog", "power", "person"};
	auto_str struct str text = STR_INIT;
	struct ladder_step step = {LADDER_ASK, 0};

	do {
		step = ladder_step(ladder, step.rung);
		str_addf(&text, "%s%s", text.length ? ", " : "", names[step.rung]);
		if (step.wait_ms)
			str_addf(&text, " %d", (int)(step.wait_ms / 1000));
	} while (step.rung++ != LADDER_PERSON);
	return str_take(&text);
}

static void a_machine_is_climbed_to_by_the_rungs_that_it_has(void **state)
{
	static const struct {
		const char *sentence;
		struct ladder ladder;
		const char *rungs;
	} rows[] = {
		{"all of them, the gentlest first", {true, true, 120, true, 600},
			"ask 600, sysrq 600, watchdog 720, power 600, person"},
		{"one that is silent is not asked", {false, true, 120, true, 600},
			"sysrq 600, watchdog 720, power 600, person"},
		{"silent, with power alone", {false, false, 0, true, 90}, "power 90, person"},
		{"it answers and has nothing else", {true, false, 0, false, 600},
			"ask 600, person"},
		{"a watchdog is the last that a machine without power has",
			{false, false, 60, false, 600}, "watchdog 660, person"},
		{"nothing at all", {false, false, 0, false, 600}, "person"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *rungs = climb(&rows[i].ladder);

		if (strcmp(rungs, rows[i].rungs) != 0)
			fail_msg("%s: %s", rows[i].sentence, rungs);
	}
}

static void every_rung_has_its_words(void **state)
{
	(void)state;
	assert_string_equal(ladder_phrase(LADDER_ASK), "asked to reboot");
	assert_string_equal(ladder_phrase(LADDER_PERSON), "somebody must look at it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_is_climbed_to_by_the_rungs_that_it_has),
		cmocka_unit_test(every_rung_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
