/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/failure.h"

#include "support.h"

#include "base/mem.h"

/* Released names: they are in databases, so this list may only grow. */
static const char *const failures[] = {
	"none", "source", "build", "kernel", "kexec", "host", "link", "test", "service"};
static const char *const symptoms[] = {"none", "compile", "config", "panic", "reset", "hang",
	"wrong-release", "wrong-build-id", "refused", "no-kvm", "tainted", "prepare", "no-mode",
	"skip", "assert", "killed", "timeout", "output", "no-split", "thp-fallback", "exit",
	"lost"};

static void every_failure_has_its_released_name(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(failures), FAILURE_COUNT);
	for (int i = 0; i < FAILURE_COUNT; i++) {
		assert_string_equal(failure_name((enum failure)i), failures[i]);
		assert_int_equal(failure_from_name(failures[i]), i);
	}
}

static void every_symptom_has_its_released_name_and_a_phrase(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(symptoms), SYMPTOM_COUNT);
	for (int i = 0; i < SYMPTOM_COUNT; i++) {
		assert_string_equal(symptom_name((enum symptom)i), symptoms[i]);
		assert_int_equal(symptom_from_name(symptoms[i]), i);
		assert_true(strlen(symptom_phrase((enum symptom)i)) > 3);
	}
}

static void a_symptom_is_of_somebody(void **state)
{
	static const struct {
		enum symptom symptom;
		const char *sentence;
	} rows[] = {
		{SYMPTOM_PANIC, "the kernel panics at boot"},
		{SYMPTOM_NO_MODE, "the kernel lacks a guest mode of the plan"},
		{SYMPTOM_TIMEOUT, "the test ran into its time limit"},
		{SYMPTOM_SKIP, "the test skipped itself (exit 4)"},
		{SYMPTOM_ASSERT, "an assertion of the test failed (exit 254)"},
		{SYMPTOM_LOST, "the link was lost"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *sentence = mem_printf("%s%s", symptom_subject(rows[i].symptom),
			symptom_phrase(rows[i].symptom));

		assert_string_equal(sentence, rows[i].sentence);
	}
}

static void unknown_names_are_none(void **state)
{
	(void)state;
	assert_int_equal(failure_from_name("gremlins"), FAILURE_NONE);
	assert_int_equal(failure_from_name(NULL), FAILURE_NONE);
	assert_int_equal(symptom_from_name(""), SYMPTOM_NONE);
	assert_int_equal(symptom_from_name(NULL), SYMPTOM_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_has_its_released_name),
		cmocka_unit_test(every_symptom_has_its_released_name_and_a_phrase),
		cmocka_unit_test(a_symptom_is_of_somebody),
		cmocka_unit_test(unknown_names_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
