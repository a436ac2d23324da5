/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/manifest.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define GOOD   "commit: " COMMIT "\nrelease: 6.12\nbuild-id: 0011223344556677\n"

struct row {
	const char *name, *text, *words; /* words NULL: it is good */
};

static const struct row rows[] = {
	{"all four keys are enough", GOOD "toolchain: gcc\n", NULL},
	{"comments, empty lines and other keys say nothing",
		"# x\n\n" GOOD "toolchain: gcc (Debian) 12\nelse: more\n", NULL},
	{"the last line needs no end", GOOD "toolchain: gcc", NULL},
	{"a missing key is named", GOOD, "m: \"toolchain:\" is missing"},
	{"a key given twice is named with its line", GOOD GOOD, "m:4: commit is given twice"},
	{"a line without a key is named", GOOD "toolchain\n", "m:4: expected \"key: value\""},
	{"a commit is hexadecimal", "commit: HEAD\n", "m:1: this is no commit"},
	{"a release with a slash is refused", "release: ../../etc\n",
		"m:1: this is no release"},
	{"a release as long as uname cannot say is refused",
		"release: 0123456789012345678901234567890123456789012345678901234567890123\n",
		"m:1: this is no release"},
	{"a control character is refused", "toolchain: a\033[31m\n",
		"m:1: this is no toolchain"},
};

static void test_row(void **state)
{
	const struct row *row = *state;
	auto_manifest struct manifest manifest = {0};
	struct err err = ERR_INIT;
	int r = manifest_parse(row->text, strlen(row->text), "m", &manifest, &err);

	assert_int_equal(r, row->words ? -EINVAL : 0);
	if (row->words) {
		assert_string_equal(err.text, row->words);
		assert_null(manifest.commit);
	} else {
		assert_string_equal(manifest.commit, COMMIT);
		assert_string_equal(manifest.release, "6.12");
	}
}

static void test_text(void **state)
{
	static const char text[] = GOOD "toolchain: gcc 12\n";
	auto_manifest struct manifest manifest = {0};
	auto_free char *again = NULL;

	(void)state;
	assert_int_equal(manifest_parse(text, strlen(text), "m", &manifest, NULL), 0);
	again = manifest_text(&manifest);
	assert_string_equal(again, text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 1] = {
		{"what is written reads back", test_text, NULL, NULL, NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			rows[i].name, test_row, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
