/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name, *mode, *want;
} rows[] = {
	{"a mode as we write it", "PA-bits:40, VA-bits:48, 4K pages", "40/48/4K"},
	{"a mode as the test prints it", "PA-bits:40,  VA-bits:48, 64K pages", "40/48/64K"},
	{"another text is itself", "PXXV48_4K", "PXXV48_4K"},
	{"half a mode is itself", "PA-bits:40, VA-bits", "PA-bits:40, VA-bits"},
	{"nothing is nothing", "", ""},
	{"what does not fit is cut", "0123456789012345678901234567890123456789",
		"0123456789012345678901234567890"},
};

static void test_mode_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[32];

		plan_mode_short(rows[i].mode, got, sizeof(got));
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, got);
	}
}

static void an_empty_plan_is_cleared(void **state)
{
	struct plan plan = {0};

	(void)state;
	plan_clear(&plan);
	plan_clear(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode_short),
		cmocka_unit_test(an_empty_plan_is_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
