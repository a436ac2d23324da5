/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/trailers.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name, *message, *people;
} messages[] = {
	{"nothing", "", ""},
	{"a subject alone", "KVM: x\n", ""},
	{"trailers",
		"KVM: x\n\nText.\n\nReviewed-by: A <a@b.org>\nSigned-off-by: B <b@b.org>\n",
		"reviewed-by: A <a@b.org>\n"},
	{"other kinds count too", "x\n\nAcked-by: A <a@b.org>\ntested-by: C <c@d.org>",
		"reviewed-by: A <a@b.org>\nreviewed-by: C <c@d.org>\n"},
	{"the text's own lines do not",
		"x\n\nReviewed-by: A <a@b.org>\n\nSigned-off-by: B <b@c>\n", ""},
	{"nor quoted ones", "x\n\n> Reviewed-by: A <a@b.org>\n", ""},
	{"blank lines at the end", "x\n\nReviewed-by: A <a@b.org>\n\n\n",
		"reviewed-by: A <a@b.org>\n"},
	{"a key alone", "x\n\nReviewed-by: \n", ""},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
		auto_free char *people = trailers_reviewers(messages[i].message);

		if (strcmp(people, messages[i].people) != 0)
			fail_msg("%s: \"%s\"", messages[i].name, people);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_messages)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
