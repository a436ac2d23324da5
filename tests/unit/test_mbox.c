/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/mbox.h"

#include "support.h"

#include "base/mem.h"

#define ARCHIVE "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
#define GIT	"From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
#define OTHER	"From a@b Thu Jan  1 00:00:00 1970\n"

static const struct row {
	const char *name, *text;
	const char *mails[4];
} rows[] = {
	{"two mails of the archive", ARCHIVE "A: 1\n\na\n\n" ARCHIVE "A: 2\n\nb\n",
		{"A: 1\n\na\n\n", "A: 2\n\nb\n"}},
	{"quoted separators lose one mark", ARCHIVE "\n>From a\n>>From b\n> From c\n>Fromage\n",
		{"\nFrom a\n>From b\n> From c\n>Fromage\n"}},
	{"a line like another mailbox's separates nothing in the archive",
		ARCHIVE "a\n\n" OTHER "b\n", {"a\n\n" OTHER "b\n"}},
	{"the archive's words inside a line separate nothing", ARCHIVE "a\nx " ARCHIVE,
		{"a\nx " ARCHIVE}},
	{"mails of format-patch", GIT "A: 1\n\na\n-- \n2.39\n\n" GIT "A: 2\n\nb\n",
		{"A: 1\n\na\n-- \n2.39\n\n", "A: 2\n\nb\n"}},
	{"format-patch quotes nothing, so nothing is unquoted", GIT "\n>From a\n",
		{"\n>From a\n"}},
	{"mails of another mailbox", OTHER "A: 1\n\na\n\n" OTHER "b\n",
		{"A: 1\n\na\n\n", "b\n"}},
	{"there a separator follows an empty line", OTHER "a\n" OTHER "b\n",
		{"a\n" OTHER "b\n"}},
	{"there a sentence separates nothing", OTHER "a\n\nFrom here on all is well\nb\n",
		{"a\n\nFrom here on all is well\nb\n"}},
	{"a mail by itself", "From: A <a@b>\n\n>From a\n", {"From: A <a@b>\n\n>From a\n"}},
	{"CR LF stays for the mail's reader", "From mboxrd@z Thu\r\nA: 1\r\n\r\na\r\n",
		{"A: 1\r\n\r\na\r\n"}},
	{"a mail that is cut off", ARCHIVE "A: 1\n\na", {"A: 1\n\na"}},
	{"an empty mail between two", ARCHIVE ARCHIVE "a\n", {"", "a\n"}},
	{"a separator and nothing else", ARCHIVE, {NULL}},
	{"nothing", "", {NULL}},
};

static void test_split(void **state)
{
	const struct row *row = *state;
	struct mbox mbox = mbox_of(row->text, strlen(row->text));
	auto_str struct str mail = STR_INIT;
	size_t i = 0;

	for (; row->mails[i]; i++) {
		assert_true(mbox_next(&mbox, &mail));
		assert_string_equal(str_text(&mail), row->mails[i]);
	}
	assert_false(mbox_next(&mbox, &mail));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_split, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("mbox", tests, NULL, NULL);
}
