/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/patchmail.h"

#include "support.h"

#include "base/mem.h"

#define ID	 "0123456789012345678901234567890123456789"
#define OTHER_ID "abcdef6789012345678901234567890123456789"

static const struct row {
	const char *name, *body;
	const char *from, *date, *subject, *words, *rest;
} rows[] = {
	{"words, a rule, a diff",
		"Why.\n\nSigned-off-by: A <a@b>\n---\n x | 2 +-\n\ndiff --git a/x b/x\n", NULL,
		NULL, NULL, "Why.\n\nSigned-off-by: A <a@b>",
		"---\n x | 2 +-\n\ndiff --git a/x b/x\n"},
	{"a diff without a rule", "Why.\n\ndiff --git a/x b/x\n", NULL, NULL, NULL, "Why.",
		"diff --git a/x b/x\n"},
	{"a diff that no git wrote", "Why.\n--- a/x\n+++ b/x\n", NULL, NULL, NULL, "Why.",
		"--- a/x\n+++ b/x\n"},
	{"a rule of more dashes is text", "Why.\n-----\nMore.\n---\nx\n", NULL, NULL, NULL,
		"Why.\n-----\nMore.", "---\nx\n"},
	{"a rule with blanks behind", "Why.\n--- \nx\n", NULL, NULL, NULL, "Why.", "--- \nx\n"},
	{"somebody else's patch", "From: \"B, A\" <a@b>\n\nWhy.\n---\nx\n", "\"B, A\" <a@b>",
		NULL, NULL, "Why.", "---\nx\n"},
	{"a whole head on top",
		"\nFrom: A <a@b>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: one\n "
		"two\n\nWhy.\n---\nx\n",
		"A <a@b>", "Thu, 1 Jan 2026 00:00:00 +0000", "one two", "Why.", "---\nx\n"},
	{"From in the middle is text", "Why.\nFrom: A <a@b>\n---\nx\n", NULL, NULL, NULL,
		"Why.\nFrom: A <a@b>", "---\nx\n"},
	{"a second From is text", "From: A <a@b>\nFrom: C <c@d>\n\n---\nx\n", "A <a@b>", NULL,
		NULL, "From: C <c@d>", "---\nx\n"},
	{"no words", "---\nx\n", NULL, NULL, NULL, "", "---\nx\n"},
	{"a cover letter has no rest", "Hello.\n\nBest,\n-- \nMe\n", NULL, NULL, NULL,
		"Hello.\n\nBest,\n-- \nMe", NULL},
	{"nothing", "", NULL, NULL, NULL, "", NULL},
};

static void check(const char *got, const char *want)
{
	if (want && got)
		assert_string_equal(got, want);
	assert_int_equal(!got, !want);
}

static void test_read(void **state)
{
	const struct row *row = *state;
	auto_patchmail struct patchmail mail = {0};

	patchmail_read(row->body, strlen(row->body), &mail);
	check(mail.from, row->from);
	check(mail.date, row->date);
	check(mail.subject, row->subject);
	check(mail.words, row->words);
	check(mail.rest, row->rest);
	if (mail.rest)
		assert_int_equal(mail.rest_bytes, strlen(row->rest));
}

static const struct basis_row {
	const char *name, *body;
	const char *commit, *change, *prerequisites, *prose;
} basis_rows[] = {
	{"git's layout",
		"Hi.\n\n x | 2\n\n\nbase-commit: " ID "\nprerequisite-patch-id: " ID
		"\nprerequisite-patch-id: " OTHER_ID "\n-- \n2.39.2\n",
		ID, NULL, ID " " OTHER_ID, ""},
	{"b4's layout",
		"Hi.\n\n---\n x | 2\n---\nbase-commit: " ID
		"\nchange-id: 20221221-x-dd618baabebb\n\nBest regards,\n-- \nMe\n",
		ID, "20221221-x-dd618baabebb", "", ""},
	{"a short id", "base-commit: 0123456\n", "0123456", NULL, "", ""},
	{"an id that is too short", "base-commit: 012345\n", NULL, NULL, "", ""},
	{"an id that is none", "base-commit: v6.12\n", NULL, NULL, "", ""},
	{"words behind the id", "base-commit: " ID " (next)\n", NULL, NULL, "", ""},
	{"the first of two", "base-commit: " ID "\nbase-commit: " OTHER_ID "\n", ID, NULL, "",
		""},
	{"a quoted one is somebody else's", "> base-commit: " ID "\n", NULL, NULL, "", ""},
	{"an indented one is talk", "  base-commit: " ID "\n", NULL, NULL, "", ""},
	{"one behind the signature is none", "Hi.\n-- \nbase-commit: " ID "\n", NULL, NULL, "",
		""},
	{"a commit in prose", "This is based on kvmarm/next at 3ba3e7266ab6.\n", NULL, NULL, "",
		"kvmarm/next 3ba3e7266ab6"},
	{"a tag in prose, over a line's end", "Based on\nv6.1-rc4 (really).\n", NULL, NULL, "",
		"v6.1-rc4"},
	{"plain words in prose are none",
		"performance benefits, based on some light\ntesting\n", NULL, NULL, "", ""},
	{"quoted prose is somebody else's", "> based on v6.1\n", NULL, NULL, "", ""},
	{"prose behind the rule is none", "Hi.\n---\nbased on v6.1\n", NULL, NULL, "", ""},
	{"nothing", "", NULL, NULL, "", ""},
};

static void test_basis(void **state)
{
	const struct basis_row *row = *state;
	auto_basis struct basis basis = {0};
	auto_free char *prerequisites = NULL, *prose = NULL;

	basis_read(row->body, strlen(row->body), &basis);
	prerequisites = strv_join(&basis.prerequisites, " ");
	prose = strv_join(&basis.prose, " ");
	check(basis.commit, row->commit);
	check(basis.change, row->change);
	assert_string_equal(prerequisites, row->prerequisites);
	assert_string_equal(prose, row->prose);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + ARRAY_SIZE(basis_rows)];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[count++] = (struct CMUnitTest){
			rows[i].name, test_read, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	for (size_t i = 0; i < ARRAY_SIZE(basis_rows); i++)
		tests[count++] = (struct CMUnitTest){basis_rows[i].name, test_basis, NULL, NULL,
			(void *)(uintptr_t)&basis_rows[i]};
	return cmocka_run_group_tests_name("patchmail", tests, NULL, NULL);
}
