/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/treepath.h"

#include "support.h"

#include "base/mem.h"

static const struct row {
	const char *name, *path;
	bool inside;
} rows[] = {
	{"a file of a folder", "arch/arm64/kvm/mmu.c", true},
	{"a file that begins with a dot", ".clang-format", true},
	{"a name that holds dots", "a/...c", true},
	{"bytes above ASCII", "a/\303\244.c", true},
	{"nothing", "", false},
	{"an absolute path", "/etc/passwd", false},
	{"the folder above", "../x", false},
	{"the folder above, in the middle", "a/../../x", false},
	{"the folder above, at the end", "a/..", false},
	{"the folder itself", "./x", false},
	{"an empty part", "a//x", false},
	{"a path that ends in a slash", "a/", false},
	{"git's own folder", ".git/hooks/post-checkout", false},
	{"git's own folder, below", "a/.git/config", false},
	{"git's own folder in capitals", "a/.GIT/config", false},
	{"git's own folder by its short name", "GIT~1/config", false},
	{"a new line", "a\nb", false},
	{"a delete character", "a\x7f", false},
};

static void test_inside(void **state)
{
	const struct row *row = *state;

	assert_int_equal(treepath_is_inside(row->path), row->inside);
}

static void test_long(void **state)
{
	char path[1200];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[1001] = '\0';
	assert_false(treepath_is_inside(path));
	path[1000] = '\0';
	assert_true(treepath_is_inside(path));
}

static void test_quotes(void **state)
{
	static const struct {
		const char *quoted, *path;
	} quotes[] = {{"a/b\"", "a/b"}, {"\\303\\244\\t\\\"\\\\\"", "\303\244\t\"\\"},
		{"open", NULL}, {"\\9\"", NULL}, {"\\477\"", NULL}, {"\\", NULL},
		{"\\q\"", NULL}, {"\\12", NULL}, {"", NULL}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		const char *at = quotes[i].quoted, *end = at + strlen(at);
		auto_str struct str path = STR_INIT;

		assert_int_equal(treepath_unquote(&at, end, &path), quotes[i].path != NULL);
		if (!quotes[i].path)
			continue;
		assert_ptr_equal(at, end);
		assert_string_equal(str_text(&path), quotes[i].path);
	}
}

static void test_add(void **state)
{
	auto_str struct str text = STR_INIT;

	(void)state;
	treepath_add(&text, "a/", "x y");
	treepath_add(&text, " ", NULL);
	treepath_add(&text, "b/", "x\"\\y");
	assert_string_equal(text.text, "a/x y/dev/null\"b/x\\\"\\\\y\"");
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows) + 3] = {
		{"a path of more than 1000 bytes is refused", test_long, NULL, NULL, NULL},
		{"quotes are undone as git makes them", test_quotes, NULL, NULL, NULL},
		{"a path that needs quotes gets them", test_add, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i + 3] = (struct CMUnitTest){
			rows[i].name, test_inside, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("treepath", tests, NULL, NULL);
}
