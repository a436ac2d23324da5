/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/power.h"

#include "support.h"

#include "base/mem.h"

static void the_reset_that_does_it_is_chosen(void **state)
{
	static const struct {
		const char *sentence;
		enum power_deed deed;
		const char *state, *allowed; /* words; "": it does not tell */
		const char *plan; /* what is posted, "-" nothing, "!" it cannot be done */
	} rows[] = {
		{"a cycle takes the power away", POWER_CYCLE, "On", "On ForceOff PowerCycle",
			"PowerCycle"},
		{"off and on where there is no cycle", POWER_CYCLE, "On",
			"On ForceOff ForceRestart", "ForceOff On"},
		{"forced on, too", POWER_CYCLE, "On", "ForceOn ForceOff", "ForceOff ForceOn"},
		{"a reset where that is all", POWER_CYCLE, "On",
			"ForceRestart GracefulShutdown", "ForceRestart"},
		{"the plainest where nothing is told", POWER_CYCLE, "On", "", "ForceOff On"},
		{"what is off is switched on", POWER_CYCLE, "Off", "On ForceOff PowerCycle",
			"On"},
		{"what is on stays on", POWER_ON, "On", "On ForceOff", "-"},
		{"off", POWER_OFF, "On", "On ForceOff", "ForceOff"},
		{"what is off stays off", POWER_OFF, "Off", "On ForceOff", "-"},
		{"nothing that would do", POWER_CYCLE, "On", "GracefulShutdown Nmi", "!"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strv struct strv allowed = STRV_INIT;
		struct power_plan plan = {0};
		char text[64] = "!";

		if (*rows[i].allowed)
			strv_split(&allowed, rows[i].allowed, " ");
		if (power_plan(rows[i].deed, rows[i].state, &allowed, &plan))
			snprintf(text, sizeof(text), "%s%s%s", plan.first ? plan.first : "-",
				plan.second ? " " : "", plan.second ? plan.second : "");
		if (strcmp(text, rows[i].plan) != 0)
			fail_msg("%s: %s", rows[i].sentence, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_reset_that_does_it_is_chosen)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
