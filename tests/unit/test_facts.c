/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "text/facts.h"

static void check(const char *sentence, char *got, const char *want)
{
	if ((got == NULL) != (want == NULL) || (got && strcmp(got, want) != 0))
		fail_msg("%s: \"%s\", expected \"%s\"", sentence, got ? got : "(none)",
			want ? want : "(none)");
	free(got);
}

static void a_value_is_found_by_its_whole_key(void **state)
{
	static const char facts[] =
		"release: 6.12.1\n"
		"/proc/cmdline: console=ttyAMA0 a: b\n"
		"/proc/meminfo: MemTotal: 2 kB\n"
		"/proc/meminfo: MemFree: 1 kB\n"
		"empty: \n"
		"last: no newline";
	static const struct {
		const char *sentence, *key, *want;
	} rows[] = {
		{"the first line", "release", "6.12.1"},
		{"a value may look like a key", "/proc/cmdline", "console=ttyAMA0 a: b"},
		{"of several lines the first", "/proc/meminfo", "MemTotal: 2 kB"},
		{"an empty value is a value", "empty", ""},
		{"the last line needs no newline", "last", "no newline"},
		{"a part of a key is no key", "rel", NULL},
		{"the end of a key is no key", "ease", NULL},
		{"text within a value is no key", "console=ttyAMA0 a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(rows[i].sentence, facts_value(facts, rows[i].key), rows[i].want);
	check("no facts", facts_value("", "release"), NULL);
}

static void the_kvm_mode_is_what_the_log_says(void **state)
{
	static const struct {
		const char *sentence, *dmesg, *want;
	} rows[] = {
		{"nVHE",
			"<6>[    0.4] kvm [1]: IPA Size Limit: 44 bits\n"
			"<6>[    0.5] kvm [1]: Hyp nVHE mode initialized successfully\n"
			"<6>[    0.6] rest\n",
			"Hyp nVHE mode"},
		{"VHE", "kvm [1]: VHE mode initialized successfully", "VHE mode"},
		{"entered in EL1", "<6>[    0.4] kvm [1]: HYP mode not available\n", NULL},
		{"others initialise as well", "foo [1]: bar initialized successfully\n", NULL},
		{"two lines are not one",
			"kvm [1]: IPA Size Limit: 44 bits\nfoo initialized successfully\n",
			NULL},
		{"no mode in the line", "kvm [1]:  initialized successfully", NULL},
		{"an empty log", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(rows[i].sentence, facts_kvm_mode(rows[i].dmesg), rows[i].want);
}

static void the_last_saying_counts_without_its_time_stamp(void **state)
{
	static const char log[] =
		"[ 1.0] Kernel panic: first\r\n[ 2.0] Kernel panic: second \r\n"
		"[ 3.0] end\n";

	(void)state;
	check("two panics", facts_last(log, "Kernel panic"), "Kernel panic: second");
	check("none", facts_last(log, "Oops"), NULL);
	check("at the end of the text", facts_last(log, "end"), "end");
}

static void only_what_has_changed_is_told_again(void **state)
{
	static const char before[] = "a: 1\nb: 2\nb: 3\nc: 4\n";

	(void)state;
	check("nothing", facts_changed(before, before), "");
	check("one line", facts_changed(before, "a: 1\nb: 2\nb: 5\nc: 4\n"), "after b: 5\n");
	check("a new key", facts_changed(before, "a: 1\nd: 4\n"), "after d: 4\n");
	check("no before", facts_changed("", "a: 1"), "after a: 1\n");
	check("no after", facts_changed(before, ""), "");
}

static void a_controller_that_did_not_survive_says_so(void **state)
{
	(void)state;
	check("a good log",
		facts_gic_fault("[ 0.1] GICv3: Using preallocated redistributor tables\n"),
		NULL);
	check("a bad one",
		facts_gic_fault("[ 0.1] GICv3: CPU1: Booted with LPIs enabled, x\nend\n"),
		"Booted with LPIs enabled, x");
	check("another", facts_gic_fault("[ 0.1] Timeout while disabling LPIs\n"),
		"Timeout while disabling LPIs");
	check("no log", facts_gic_fault(""), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_has_changed_is_told_again),
		cmocka_unit_test(a_controller_that_did_not_survive_says_so),
		cmocka_unit_test(a_value_is_found_by_its_whole_key),
		cmocka_unit_test(the_kvm_mode_is_what_the_log_says),
		cmocka_unit_test(the_last_saying_counts_without_its_time_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
