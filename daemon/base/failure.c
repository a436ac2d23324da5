/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/failure.h"

#include <stddef.h>
#include <string.h>

static const char *const failure_names[FAILURE_COUNT] = {
	[FAILURE_NONE] = "none",
	[FAILURE_SOURCE] = "source",
	[FAILURE_BUILD] = "build",
	[FAILURE_KERNEL] = "kernel",
	[FAILURE_KEXEC] = "kexec",
	[FAILURE_HOST] = "host",
	[FAILURE_LINK] = "link",
	[FAILURE_TEST] = "test",
	[FAILURE_SERVICE] = "service",
};

/* subject: what stands before the phrase; NULL: "the kernel " */
static const struct {
	const char *name, *phrase, *subject;
} symptoms[SYMPTOM_COUNT] = {
	[SYMPTOM_NONE] = {"none", "nothing failed"},
	[SYMPTOM_COMPILE] = {"compile", "does not compile"},
	[SYMPTOM_CONFIG] = {"config", "cannot be configured as the lab needs it"},
	[SYMPTOM_PANIC] = {"panic", "panics at boot"},
	[SYMPTOM_RESET] = {"reset", "resets the machine without a word"},
	[SYMPTOM_HANG] = {"hang", "hangs"},
	[SYMPTOM_WRONG_RELEASE] = {"wrong-release", "comes up as another release"},
	[SYMPTOM_WRONG_BUILD_ID] = {"wrong-build-id", "comes up with another build-id"},
	[SYMPTOM_REFUSED] = {"refused", "was refused by kexec"},
	[SYMPTOM_NO_KVM] = {"no-kvm", "comes up without KVM"},
	[SYMPTOM_TAINTED] = {"tainted", "is tainted"},
	[SYMPTOM_PREPARE] = {"prepare", "could not be prepared for the scenario"},
	[SYMPTOM_NO_MODE] = {"no-mode", "lacks a guest mode of the plan"},
	[SYMPTOM_SKIP] = {"skip", "the test skipped itself (exit 4)", ""},
	[SYMPTOM_ASSERT] = {"assert", "an assertion of the test failed (exit 254)", ""},
	[SYMPTOM_KILLED] = {"killed", "the test was killed by a signal", ""},
	[SYMPTOM_TIMEOUT] = {"timeout", "ran into its time limit", "the test "},
	[SYMPTOM_OUTPUT] = {"output", "the output of the test is incomplete", ""},
	[SYMPTOM_NO_SPLIT] = {"no-split", "refused the eager-split chunk size"},
	[SYMPTOM_THP_FALLBACK] = {"thp-fallback",
		"gave small pages where huge ones were asked for"},
	[SYMPTOM_EXIT] = {"exit", "the test ended with an unexpected status", ""},
	[SYMPTOM_LOST] = {"lost", "the link was lost", ""},
};

const char *failure_name(enum failure failure)
{
	return failure_names[failure];
}

const char *symptom_name(enum symptom symptom)
{
	return symptoms[symptom].name;
}

const char *symptom_phrase(enum symptom symptom)
{
	return symptoms[symptom].phrase;
}

const char *symptom_subject(enum symptom symptom)
{
	const char *subject = symptoms[symptom].subject;

	return subject ? subject : "the kernel ";
}

enum failure failure_from_name(const char *name)
{
	for (int i = 0; name && i < FAILURE_COUNT; i++)
		if (strcmp(failure_names[i], name) == 0)
			return (enum failure)i;
	return FAILURE_NONE;
}

enum symptom symptom_from_name(const char *name)
{
	for (int i = 0; name && i < SYMPTOM_COUNT; i++)
		if (strcmp(symptoms[i].name, name) == 0)
			return (enum symptom)i;
	return SYMPTOM_NONE;
}
