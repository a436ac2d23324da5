/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/lore.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"

#define ALL "https://lore.kernel.org/all"

static const struct row {
	const char *name, *word;
	const char *id, *thread; /* NULL: it is refused */
} rows[] = {
	{"a Message-ID", "a.1-2@b.c", "a.1-2@b.c", ALL "/a.1-2@b.c/t.mbox.gz"},
	{"angle brackets are of no weight", "<a@b.c>", "a@b.c", ALL "/a@b.c/t.mbox.gz"},
	{"characters that mean something in a URL are escaped", "a/b?c#d%e@f", "a/b?c#d%e@f",
		ALL "/a%2Fb%3Fc%23d%25e@f/t.mbox.gz"},
	{"a URL stays at its list", "https://lore.kernel.org/kvmarm/a@b.c/", "a@b.c",
		"https://lore.kernel.org/kvmarm/a@b.c/t.mbox.gz"},
	{"whatever page of the mail it is of", "https://lore.kernel.org/kvmarm/a@b.c/T/#u",
		"a@b.c", "https://lore.kernel.org/kvmarm/a@b.c/t.mbox.gz"},
	{"a URL of a thread's file", "http://localhost:80/x/y/a@b/t.mbox.gz", "a@b",
		"http://localhost:80/x/y/a@b/t.mbox.gz"},
	{"an escaped id is the same id", "https://lore.kernel.org/all/a%2fb@c/raw", "a/b@c",
		ALL "/a%2Fb@c/t.mbox.gz"},
	{"a link without a list is looked up in the archive", "https://patch.msgid.link/a@b.c",
		"a@b.c", ALL "/a@b.c/t.mbox.gz"},
	{"a list's own page holds no mail", "https://lore.kernel.org/kvmarm/", NULL, NULL},
	{"a user in front of the host is no id", "https://a@b.c/", NULL, NULL},
	{"other schemes are refused", "file:///etc/a@b", NULL, NULL},
	{"blanks and line ends are refused", "https://x/y/a%0d%0a@b/", NULL, NULL},
	{"half an escape is left as it is", "https://x/y/a%2@b/", "a%2@b",
		"https://x/y/a%252@b/t.mbox.gz"},
	{"a bracket too many is refused", "<a@b>>", NULL, NULL},
	{"nothing is refused", "", NULL, NULL},
};

static void test_words(void **state)
{
	const struct row *row = *state;
	auto_lore struct lore lore = {0};
	struct err err = ERR_INIT;
	int r = lore_parse(row->word, ALL, &lore, &err);

	if (!row->id) {
		assert_int_equal(r, -EINVAL);
		assert_true(err.text[0]);
		assert_null(lore.id);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(lore.id, row->id);
	assert_string_equal(lore.thread, row->thread);
}

static void archives(void **state)
{
	auto_lore struct lore lore = {0};

	(void)state;
	assert_int_equal(lore_parse("a@b", "lore.kernel.org", &lore, NULL), -EINVAL);
	assert_int_equal(lore_parse("a@b", "https://", &lore, NULL), -EINVAL);
	assert_int_equal(lore_parse("a@b", "https://x/y/", &lore, NULL), 0);
	assert_string_equal(lore.thread, "https://x/y/a@b/t.mbox.gz");
}

static void kinds(void **state)
{
	(void)state;
	assert_int_equal(lore_kind("a@b"), LORE_ID);
	assert_int_equal(lore_kind("<a/b@c>"), LORE_ID);
	assert_int_equal(lore_kind("https://x/a@b/"), LORE_URL);
	assert_int_equal(lore_kind("v2.mbox"), LORE_FILE);
	assert_int_equal(lore_kind("./a@b"), LORE_FILE);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 2];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_words, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	tests[ARRAY_SIZE(rows)] = (struct CMUnitTest)cmocka_unit_test(archives);
	tests[ARRAY_SIZE(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(kinds);
	return cmocka_run_group_tests_name("lore", tests, NULL, NULL);
}
