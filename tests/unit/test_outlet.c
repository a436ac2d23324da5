/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "io/outlet.h"

static void set(struct strv *words, const char *program, const char *argument)
{
	strv_add(words, program);
	if (argument)
		strv_add(words, argument);
}

static void a_switch_does_as_its_program_does(void **state)
{
	static const struct {
		const char *sentence, *off, *argument, *on;
		enum power_deed deed;
		int code;
		const char *text; /* must be in the error */
	} rows[] = {
		{"off", "true", NULL, "false", POWER_OFF, 0, ""},
		{"on", "false", NULL, "true", POWER_ON, 0, ""},
		{"a program that fails", "ls", "/nonexistent", "true", POWER_CYCLE, -EIO,
			"power of host lab: ls: exit status 2: ls: cannot access"},
		{"a program that is not there", "/nonexistent/pdu", NULL, "true", POWER_OFF,
			-ENOENT, "power of host lab: cannot run /nonexistent/pdu"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_spec spec = {.name = (char *)(uintptr_t) "lab"};
		struct err err = ERR_INIT;

		assert_false(outlet_is_there(&spec));
		set(&spec.power_off, rows[i].off, rows[i].argument);
		set(&spec.power_on, rows[i].on, NULL);
		assert_true(outlet_is_there(&spec));
		if (outlet_switch(&spec, rows[i].deed, &err) != rows[i].code ||
			!strstr(err.text, rows[i].text))
			fail_msg("%s: %s", rows[i].sentence, err.text);
		strv_clear(&spec.power_off);
		strv_clear(&spec.power_on);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_switch_does_as_its_program_does)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
