/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/diff.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

#define GIT(a, b)   "diff --git a/" a " b/" b "\n"
#define NAMES(a, b) "--- " a "\n+++ " b "\n"
#define HUNK	    "@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
#define HEAD	    "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n"
#define PLAIN	    HEAD HUNK

static const struct row {
	const char *name, *text;
	int code;
	const char *want; /* what is written, or words of the sentence */
} rows[] = {
	{"a change", PLAIN, 0, PLAIN},
	{"the index line is of no weight",
		GIT("x.c", "x.c") "index 123..456 100644\n" NAMES("a/x.c", "b/x.c") HUNK, 0,
		PLAIN},
	{"diffstat, signature and a list's footer are skipped",
		"---\n x.c | 2 +-\n\n" PLAIN "-- \n2.39.2\n\n____\nlist\nlist@example.org\n", 0,
		PLAIN},
	{"a signature right behind a hunk is no removed line", PLAIN "-- \n2.39.2\n", 0, PLAIN},
	{"an empty line of context whose blank was stripped",
		HEAD "@@ -1,2 +1,3 @@\n\n+b\n d\n", 0, HEAD "@@ -1,2 +1,3 @@\n \n+b\n d\n"},
	{"CR LF is LF",
		"diff --git a/x.c b/x.c\r\n--- a/x.c\r\n+++ b/x.c\r\n@@ -1,1 +1,1 "
		"@@\r\n-a\r\n+b\r\n",
		0, HEAD "@@ -1,1 +1,1 @@\n-a\n+b\n"},
	{"a removed line that looks like a file's name", HEAD "@@ -1,2 +1,1 @@\n--- a/y\n a\n",
		0, HEAD "@@ -1,2 +1,1 @@\n--- a/y\n a\n"},
	{"a line without a newline at the end",
		HEAD "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n", 0,
		HEAD "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n"},
	{"a new file",
		GIT("n.c", "n.c") "new file mode 100644\nindex 000..1\n" NAMES(
			"/dev/null", "b/n.c") "@@ -0,0 +1 @@\n+a\n",
		0,
		GIT("n.c", "n.c") "new file mode 100644\n" NAMES(
			"/dev/null", "b/n.c") "@@ -0,0 +1,1 @@\n+a\n"},
	{"a new program without a line", GIT("n", "n") "new file mode 100755\nindex 000..e69\n",
		0, GIT("n", "n") "new file mode 100755\n"},
	{"a deleted file",
		GIT("n.c", "n.c") "deleted file mode 100644\n" NAMES(
			"a/n.c", "/dev/null") "@@ -1 +0,0 @@\n-a\n",
		0,
		GIT("n.c", "n.c") "deleted file mode 100644\n" NAMES(
			"a/n.c", "/dev/null") "@@ -1,1 +0,0 @@\n-a\n"},
	{"a renamed file",
		GIT("o.c", "new.c") "similarity index 100%\nrename from o.c\nrename to new.c\n",
		0,
		GIT("o.c",
			"new.c") "similarity index 100%\nrename from o.c\nrename to new.c\n"},
	{"a renamed file whose line has two halves by chance",
		GIT("q", "x/ b/yyyyyy") "rename from q\nrename to x/ b/yyyyyy\n", 0,
		GIT("q", "x/ b/yyyyyy") "similarity index 100%\nrename from q\nrename to x/ "
					"b/yyyyyy\n"},
	{"a copied file", GIT("o.c", "new.c") "copy from o.c\ncopy to new.c\n", 0,
		GIT("o.c", "new.c") "similarity index 100%\ncopy from o.c\ncopy to new.c\n"},
	{"a changed mode", GIT("x y", "x y") "old mode 100644\nnew mode 100755\n", 0,
		GIT("x y", "x y") "old mode 100644\nnew mode 100755\n"},
	{"a quoted path",
		"diff --git \"a/\\303\\244\" \"b/\\303\\244\"\n--- \"a/\\303\\244\"\n+++ "
		"\"b/\\303\\244\"\n" HUNK,
		0, GIT("\303\244", "\303\244") NAMES("a/\303\244", "b/\303\244") HUNK},
	{"a diff without git's lines",
		NAMES("linux.orig/x.c\t2026-01-01", "linux/x.c\t2026-01-02") HUNK, 0, PLAIN},
	{"a backup's name is the file's", NAMES("a/x.c.orig", "b/x.c") HUNK, 0, PLAIN},
	{"a new file without git's lines", NAMES("/dev/null", "b/n.c") "@@ -0,0 +1 @@\n+a\n", 0,
		GIT("n.c", "n.c") "new file mode 100644\n" NAMES(
			"/dev/null", "b/n.c") "@@ -0,0 +1,1 @@\n+a\n"},
	{"two files", PLAIN GIT("y.c", "y.c") NAMES("a/y.c", "b/y.c") HUNK, 0,
		PLAIN GIT("y.c", "y.c") NAMES("a/y.c", "b/y.c") HUNK},
	{"words without a diff", "[diff left out of this sample]\n-- \n2.39.2\n", 0, ""},
	{"a rule of dashes is no file", "--- \n+++ \n", 0, ""},

	{"a path above the tree", GIT("../x", "../x") NAMES("a/../x", "b/../x") HUNK, -EPERM,
		"no path inside the tree"},
	{"an absolute path", GIT("x", "x") NAMES("/etc/passwd", "/etc/passwd") HUNK, -EPERM,
		"\"/etc/passwd\""},
	{"git's own folder", GIT("x", "x") "rename from x\nrename to .git/config\n", -EPERM,
		".git/config"},
	{"a quoted path above the tree", "diff --git \"a/\\056./x\" \"b/\\056./x\"\n", -EPERM,
		"\"../x\""},
	{"a path that holds a NUL", "--- \"a/x\\000y\"\n+++ b/x\n" HUNK, -EPERM,
		"inside the tree"},
	{"a symbolic link", GIT("l", "l") "new file mode 120000\n", -EPERM,
		"l would be a symbolic link"},
	{"a file that becomes a link", GIT("l", "l") "old mode 100644\nnew mode 120000\n",
		-EPERM, "symbolic link"},
	{"a changed link", GIT("l", "l") "index 123..456 120000\n", -EPERM, "symbolic link"},
	{"a submodule", GIT("s", "s") "new file mode 160000\n", -EPERM,
		"s would be a submodule"},
	{"a mode that is none", GIT("s", "s") "new file mode 104755\n", -EPROTO, "mode 104755"},
	{"a binary file", GIT("b.png", "b.png") "index 1..2\nGIT binary patch\nliteral 3\n",
		-EPERM, "b.png is binary"},
	{"a binary file that only says so",
		GIT("b.png", "b.png") "Binary files a/b.png and b/b.png differ\n", -EPERM,
		"b.png is binary"},
	{"a hunk that is cut off", HEAD "@@ -1,3 +1,3 @@\n a\n-b\n", -EPROTO,
		"x.c: the hunk at line 4 of the diff is cut off: 2 lines"},
	{"a line that a mail program has wrapped", HEAD "@@ -1,3 +1,3 @@\n a and\nb\n-b\n+c\n",
		-EPROTO, "line 6 of the diff does not fit the hunk that begins at line 4"},
	{"more removed lines than the head tells", HEAD "@@ -1,1 +1,2 @@\n-a\n-b\n+c\n",
		-EPROTO, "does not fit"},
	{"a hunk head that is none", HEAD "@@ -1,x +1,3 @@\n", -EPROTO,
		"line 4 of the diff is no hunk head"},
	{"a name without its other half", GIT("x", "x") "--- a/x\n@@ -1 +1 @@\n", -EPROTO,
		"should begin with \"+++\""},
	{"a file without a change", GIT("x", "x") "index 1..2\n", -EPROTO, "none follows"},
	{"a file without a name", "diff --git a/x b/longer\nindex 1..2\n", -EPROTO,
		"has no name"},
	{"a hunk that holds a NUL", "", -EPROTO, "does not fit"},
};

static void test_read(void **state)
{
	static const char with_nul[] = HEAD "@@ -1 +1 @@\n-a\n+b\0c\n";
	const struct row *row = *state;
	const char *text = row->text[0] ? row->text : with_nul;
	size_t bytes = row->text[0] ? strlen(text) : sizeof(with_nul) - 1;
	auto_str struct str written = STR_INIT;
	auto_diff struct diff diff = {0};
	struct err err = ERR_INIT;
	int r = diff_read(text, bytes, &diff, &err);

	if (r != row->code)
		fail_msg("code %d: %s", r, err.text);
	if (r < 0) {
		if (!strstr(err.text, row->want))
			fail_msg("says: %s", err.text);
		assert_null(diff.files);
		return;
	}
	for (size_t i = 0; i < diff.file_count; i++)
		diff_write(&diff.files[i], &written);
	assert_string_equal(str_text(&written), row->want);
}

static void test_limits(void **state)
{
	auto_str struct str text = STR_INIT;
	auto_free char *large = MEM_NEW(char, (16 << 20) + 1);
	struct diff diff = {0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(diff_read(large, (16 << 20) + 1, &diff, &err), -EFBIG);
	assert_non_null(strstr(err.text, "16 MiB"));
	for (int i = 0; i < 4001; i++)
		str_addf(&text, "diff --git a/%d b/%d\nnew file mode 100644\n", i, i);
	assert_int_equal(diff_read(text.text, text.length, &diff, &err), -EFBIG);
	assert_non_null(strstr(err.text, "more than 4000 files"));
	str_reset(&text);
	str_add(&text, HEAD);
	for (int i = 0; i < 100001; i++)
		str_addf(&text, "@@ -%d +%d @@\n-a\n+b\n", i + 1, i + 1);
	assert_int_equal(diff_read(text.text, text.length, &diff, &err), -EFBIG);
	assert_non_null(strstr(err.text, "more than 100000 hunks"));
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"bytes, files and hunks are limited", test_limits, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_read, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
