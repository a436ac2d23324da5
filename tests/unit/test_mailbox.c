/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/mailbox.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name, *text;
	size_t count; /* 0: refused, unless the text is empty */
	const char *first_name, *first_address;
} lists[] = {
	{"an address alone", "a@example.org", 1, "", "a@example.org"},
	{"a name and an address", "A B <a.b@example.org>", 1, "A B", "a.b@example.org"},
	{"two of them", "a@b.org, C <c@d.org>", 2, "", "a@b.org"},
	{"a quoted comma", "\"B, A\" <a@b.org>", 1, "B, A", "a@b.org"},
	{"a quoted quote", "\"A \\\"x\\\" B\" <a@b.org>", 1, "A \"x\" B", "a@b.org"},
	{"one address twice", "a@b.org, A@B.org", 1, "", "a@b.org"},
	{"a host without dots", "root@localhost", 1, "", "root@localhost"},
	{"a name that is not ASCII", "J\xC3\xBCrgen <j@b.org>", 1, "J\xC3\xBCrgen", "j@b.org"},
	{"nothing", " ", 0, NULL, NULL},
	{"a line break", "A <a@b.org>\nBcc: x@y.org", 0, NULL, NULL},
	{"no domain", "a@", 0, NULL, NULL},
	{"no at", "example.org", 0, NULL, NULL},
	{"two ats", "a@b@c.org", 0, NULL, NULL},
	{"a blank in an address", "<a b@c.org>", 0, NULL, NULL},
	{"two dots", "a..b@c.org", 0, NULL, NULL},
	{"an open bracket", "A <a@b.org", 0, NULL, NULL},
	{"words behind the bracket", "A <a@b.org> x", 0, NULL, NULL},
	{"an empty entry", "a@b.org,,c@d.org", 0, NULL, NULL},
	{"something that looks like an option", "-oQ@b.org", 0, NULL, NULL},
	{"a domain that is not ASCII", "a@b\xC3\xBC.org", 0, NULL, NULL},
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		auto_mailboxes struct mailboxes found = {0};
		const char *wrong = mailboxes_read(&found, lists[i].text);

		if (found.count != lists[i].count ||
			!wrong != (lists[i].count || lists[i].text[0] == ' '))
			fail_msg("%s: %zu, %s", lists[i].name, found.count, wrong ? wrong : "");
		if (found.count &&
			(strcmp(found.items[0].name, lists[i].first_name) ||
				strcmp(found.items[0].address, lists[i].first_address)))
			fail_msg("%s: \"%s\" <%s>", lists[i].name, found.items[0].name,
				found.items[0].address);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
