/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/hunk.h"

#include "support.h"

#include "base/mem.h"

static const struct row {
	const char *name, *head;
	int64_t want[4]; /* all 0: refused */
} rows[] = {
	{"a head", "@@ -1,7 +2,8 @@", {1, 7, 2, 8}},
	{"a head with the function behind", "@@ -10,3 +10,4 @@ int f(void)", {10, 3, 10, 4}},
	{"a missing count is one line", "@@ -5 +6 @@", {5, 1, 6, 1}},
	{"a new file", "@@ -0,0 +1,3 @@", {0, 0, 1, 3}},
	{"a start that fits", "@@ -2147483647 +1 @@", {2147483647, 1, 1, 1}},
	{"a start that does not", "@@ -2147483648 +1 @@", {0}},
	{"a count that is too large", "@@ -1,1000001 +1 @@", {0}},
	{"a number that overflows", "@@ -1,99999999999999999999 +1 @@", {0}},
	{"a negative count", "@@ -1,-7 +1 @@", {0}},
	{"no second range", "@@ -1,7 @@", {0}},
	{"an open head", "@@ -1,7 +1,8", {0}},
	{"the head of a merge", "@@@ -1,7 -1,7 +1,8 @@@", {0}},
	{"nothing", "", {0}},
};

static void test_head(void **state)
{
	const struct row *row = *state;
	struct hunk hunk = {0};
	bool read = hunk_read_head(&hunk, scan_of(row->head, strlen(row->head)));

	assert_int_equal(read, row->want[2] != 0);
	assert_int_equal(hunk.old_start, row->want[0]);
	assert_int_equal(hunk.old_count, row->want[1]);
	assert_int_equal(hunk.new_start, row->want[2]);
	assert_int_equal(hunk.new_count, row->want[3]);
}

static void test_write(void **state)
{
	struct hunk hunk = {1, 2, 1, 2, .old_bare = true, .new_bare = true};
	auto_str struct str text = STR_INIT;

	(void)state;
	hunk_add(&hunk, ' ', scan_of("a", 1));
	hunk_add(&hunk, '-', scan_of("b", 1));
	hunk_add(&hunk, '+', scan_of("c", 1));
	hunk_write(&hunk, &text);
	assert_string_equal(text.text,
		"@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
		"+c\n\\ No newline at end of file\n");
	hunk_clear(&hunk);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"the last lines say that they have no newline", test_write, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_head, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("hunk", tests, NULL, NULL);
}
