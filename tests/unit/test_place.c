/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/place.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "rules/diff.h"

#define HEAD "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n"
#define TEN  "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
#define FIVE "@@ -3,5 +3,5 @@\n 3\n 4\n-5\n+five\n 6\n 7\n"
#define TOP  "@@ -1,3 +1,4 @@\n+new\n 1\n 2\n 3\n"
#define END  "@@ -9,2 +9,3 @@\n 9\n 10\n+11\n"

static const struct row {
	const char *name, *content, *hunks;
	int code;
	const char *want; /* places "old/new,...", or words of the sentence */
} rows[] = {
	{"a hunk at its place", TEN, FIVE, 0, "3/3"},
	{"a hunk below its place", "a\nb\n" TEN, FIVE, 0, "5/5"},
	{"a hunk above its place", "3\n4\n5\n6\n7\n", FIVE, 0, "1/1"},
	{"the nearest of two places is taken", TEN "a\n" TEN, FIVE, 0, "3/3"},
	{"the nearer one may be below",
		"a\n3\n4\n5\n6\n7\n"
		"a\n",
		FIVE, 0, "2/2"},
	{"hunks drift together", "a\nb\n" TEN,
		"@@ -1,4 +1,5 @@\n 1\n+x\n 2\n 3\n 4\n@@ -7,4 +8,3 @@\n 7\n-8\n 9\n 10\n",
		-EPROTO, "line 1 should be \"1\" and is \"a\""},
	{"a later hunk knows of the drift", "a\nb\n" TEN TEN,
		"@@ -2,3 +2,4 @@\n 2\n+x\n 3\n 4\n@@ -7,3 +8,2 @@\n 7\n-8\n 9\n", 0,
		"4/4,9/10"},
	{"hunks never cross", "7\n8\n9\n1\n2\n3\n4\n",
		"@@ -2,3 +2,3 @@\n 2\n-3\n+x\n 4\n@@ -7,3 +7,3 @@\n 7\n-8\n+y\n 9\n", -EPROTO,
		"hunk 2 (@@ -7,3)"},
	{"the first lines of a file", TEN, TOP, 0, "1/1"},
	{"what stood at the beginning must stand there", "0\n" TEN, TOP, -EPROTO,
		"x.c: hunk 1 (@@ -1,3) does not apply: line 1 should be \"1\" and is \"0\""},
	{"the last lines of a file", TEN, END, 0, "9/9"},
	{"what stood at the end must stand there", TEN "11\n", END, -EPROTO, "another place"},
	{"the last lines of a longer file", "0\n" TEN, END, 0, "10/10"},
	{"a line that differs is told", "1\n2\n3\n4\nfuenf\n6\n7\n", FIVE, -EPROTO,
		"x.c: hunk 1 (@@ -3,5) does not apply: line 5 should be \"5\" and is "
		"\"fuenf\""},
	{"a file that ends too early is told", "1\n2\n3\n4\n", FIVE, -EPROTO,
		"line 5 should be \"5\" and is the end of the file"},
	{"blanks count", "1\n2\n3 \n4\n5\n6\n7\n", FIVE, -EPROTO,
		"should be \"3\" and is \"3 \""},
	{"an empty file that is filled", "", "@@ -0,0 +1,2 @@\n+a\n+b\n", 0, "0/1"},
	{"a file that must be empty", "a\n", "@@ -0,0 +1,2 @@\n+a\n+b\n", -EPROTO,
		"another place"},
	{"the last line has no newline", "1\n2",
		"@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+3\n", 0, "1/1"},
	{"the last line should have no newline", "1\n2\n",
		"@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+3\n", -EPROTO,
		"hunk 1"},
	{"the last line should have a newline", "1\n2", "@@ -1,2 +1,2 @@\n 1\n-2\n+3\n",
		-EPROTO, "hunk 1"},
	{"control characters of a file are not printed", "\x1b[31m\n", "@@ -1 +1 @@\n-a\n+b\n",
		-EPROTO, "is \"?[31m\""},
};

static void test_place(void **state)
{
	const struct row *row = *state;
	auto_free char *text = mem_printf(HEAD "%s", row->hunks);
	auto_str struct str places = STR_INIT;
	auto_diff struct diff diff = {0};
	struct err err = ERR_INIT;
	struct diff_file *file;
	int r;

	assert_int_equal(diff_read(text, strlen(text), &diff, &err), 0);
	file = &diff.files[0];
	r = place_hunks(
		file->hunks, file->hunk_count, "x.c", row->content, strlen(row->content), &err);
	if (r != row->code)
		fail_msg("code %d: %s", r, err.text);
	for (size_t i = 0; i < file->hunk_count && r == 0; i++)
		str_addf(&places, "%s%lld/%lld", i ? "," : "",
			(long long)file->hunks[i].old_start,
			(long long)file->hunks[i].new_start);
	if (!strstr(r < 0 ? err.text : str_text(&places), row->want))
		fail_msg("\"%s\" is not in \"%s\"", row->want,
			r < 0 ? err.text : str_text(&places));
}

static void test_hostile(void **state)
{
	auto_str struct str content = STR_INIT, text = STR_INIT;
	auto_diff struct diff diff = {0};
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 200000; i++)
		str_add(&content, "a\n");
	str_add(&text, HEAD "@@ -2,100001 +2,100001 @@\n");
	for (int i = 0; i < 100000; i++)
		str_add(&text, " a\n");
	str_add(&text, "-b\n+c\n");
	assert_int_equal(diff_read(text.text, text.length, &diff, &err), 0);
	assert_int_equal(
		place_hunks(diff.files[0].hunks, 1, "x.c", content.text, content.length, &err),
		-EPROTO);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"equal lines without end are given up on", test_hostile, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_place, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
