/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitref.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name, *text;
	bool is_name, is_pattern;
} rows[] = {
	{"a branch", "refs/heads/next", true, true},
	{"a topic with slash, comma and dot", "refs/heads/kvm-arm64/selftest/misc-6,4.y", true,
		true},
	{"bytes above ASCII", "refs/heads/\xc3\xa9", true, true},
	{"a short name", "next", false, false},
	{"a pattern", "refs/heads/kvm-arm64/*", false, true},
	{"a star within a part", "refs/heads/v6.*-rc", false, true},
	{"two stars", "refs/heads/*/*", false, false},
	{"an empty part", "refs/heads//x", false, false},
	{"a slash at the end", "refs/heads/", false, false},
	{"a hidden part", "refs/heads/.x", false, false},
	{"two dots", "refs/heads/a..b", false, false},
	{"a dot at the end", "refs/heads/a.", false, false},
	{"a lock", "refs/heads/a.lock/b", false, false},
	{"a reflog", "refs/heads/a@{1}", false, false},
	{"a blank", "refs/heads/a b", false, false},
	{"a newline", "refs/heads/a\nb", false, false},
	{"a caret", "refs/heads/a^", false, false},
	{"a backslash", "refs/heads/a\\b", false, false},
	{"nothing", "", false, false},
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (git_ref_is_name(rows[i].text) != rows[i].is_name ||
			git_ref_is_pattern(rows[i].text) != rows[i].is_pattern)
			fail_msg("%s", rows[i].name);
}

static const struct {
	const char *name, *pattern, *text;
	bool matches;
} matches[] = {
	{"a name is met by itself", "refs/heads/a", "refs/heads/a", true},
	{"a name is not met by a longer one", "refs/heads/a", "refs/heads/ab", false},
	{"a star stands for slashes", "refs/heads/kvm/*", "refs/heads/kvm/a/b,c", true},
	{"a star stands for nothing", "refs/heads/v*", "refs/heads/v", true},
	{"what follows the star must follow", "refs/tags/v*-rc", "refs/tags/v6-rc", true},
	{"what follows the star must be last", "refs/tags/v*-rc", "refs/tags/v6-rc1", false},
	{"front and end do not overlap", "refs/tags/ab*ba", "refs/tags/aba", false},
};

static void test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++)
		if (git_ref_matches(matches[i].pattern, matches[i].text) != matches[i].matches)
			fail_msg("%s", matches[i].name);
}

static void names_for_people(void **state)
{
	auto_free char *branch = git_ref_full("next"), *full = git_ref_full("refs/tags/v1");

	(void)state;
	assert_string_equal(branch, "refs/heads/next");
	assert_string_equal(full, "refs/tags/v1");
	assert_string_equal(git_ref_short(branch), "next");
	assert_string_equal(git_ref_short(full), "v1");
	assert_string_equal(git_ref_short("refs/pull/1"), "pull/1");
	assert_string_equal(git_ref_short("HEAD"), "HEAD");
}

static void an_object_id_has_forty_digits(void **state)
{
	(void)state;
	assert_true(git_ref_is_oid("0123456789abcdef0123456789abcdef01234567"));
	assert_false(git_ref_is_oid("0123456789ABCDEF0123456789abcdef01234567"));
	assert_false(git_ref_is_oid("0123456789abcdef0123456789abcdef0123456"));
	assert_false(git_ref_is_oid("0123456789abcdef0123456789abcdef012345678"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(names_for_people),
		cmocka_unit_test(an_object_id_has_forty_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
