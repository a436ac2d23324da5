/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/patch.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

#define DIFF "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"

struct row {
	const char *name;
	const char *text;
	int code;
	const char *words; /* of the error, or the whole message */
	const char *author, *mail;
};

static const struct row rows[] = {
	{"a patch file has author, message and diff",
		"From 1234 Mon Sep 17 00:00:00 2001\nFrom: A B <a@b>\nDate: x\n"
		"Subject: [PATCH v2 1/3] mm: a\n\nWhy.\n\nMore.\n---\n x | 2 +-\n\n" DIFF,
		0, "mm: a\n\nWhy.\n\nMore.\n", "A B", "a@b"},
	{"a subject on two lines becomes one",
		"From: A <a@b>\nSubject: [PATCH] one\n two\n\n---\n" DIFF, 0, "one two\n", "A",
		"a@b"},
	{"quotes around a name go", "From: \"B, A\" <a@b>\nSubject: s\n\n" DIFF, 0, "s\n",
		"B, A", "a@b"},
	{"a From in the message is not the author's", "Subject: s\n\nFrom: M <m@m>\n" DIFF,
		-EINVAL, "From: Name", NULL, NULL},
	{"a patch without a diff is refused", "From: A <a@b>\nSubject: s\n\n", -EINVAL,
		"diff --git", NULL, NULL},
	{"a bare diff is refused", DIFF, -EINVAL, "no header", NULL, NULL},
	{"an author without an address is refused", "From: A\nSubject: s\n\n" DIFF, -EINVAL,
		"From: Name", NULL, NULL},
	{"an author without a name is refused", "From: <a@b>\nSubject: s\n\n" DIFF, -EINVAL,
		"From: Name", NULL, NULL},
	{"an empty subject is refused", "From: A <a@b>\nSubject: [PATCH]\n\n" DIFF, -EINVAL,
		"Subject", NULL, NULL},
	{"nothing is refused", "", -EINVAL, "diff --git", NULL, NULL},
};

static void test_parse(void **state)
{
	const struct row *row = *state;
	auto_free char *text = mem_strdup(row->text);
	auto_patch struct patch patch = {0};
	struct err err = ERR_INIT;

	assert_int_equal(patch_parse(text, &patch, &err), row->code);
	if (row->code < 0) {
		assert_non_null(strstr(err.text, row->words));
		assert_null(patch.message);
		return;
	}
	assert_string_equal(patch.message, row->words);
	assert_string_equal(patch.author_name, row->author);
	assert_string_equal(patch.author_mail, row->mail);
	assert_string_equal(patch.diff, DIFF);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_parse, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
