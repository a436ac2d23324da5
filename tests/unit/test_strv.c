/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "string/strv.h"

#include "support.h"

#include "base/mem.h"

static void a_list_is_an_argument_vector(void **state)
{
	auto_strv struct strv list = STRV_INIT, more = STRV_INIT;

	(void)state;
	strv_add(&list, "make");
	strv_addf(&list, "-j%d", 2);
	strv_add(&more, "");
	strv_add_all(&list, &more);
	strv_add_all(&list, &(struct strv)STRV_INIT);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[0], "make");
	assert_string_equal(list.items[1], "-j2");
	assert_string_equal(list.items[2], "");
	assert_null(list.items[3]);
	strv_clear(&list);
	assert_null(list.items);
}

static const struct {
	const char *name, *text, *separators, *want;
	size_t count;
} rows[] = {
	{"words", "a b c", " ", "a+b+c", 3},
	{"runs of separators are one", " \ta  b\t", " \t", "a+b", 2},
	{"nothing", "", " ", "", 0},
	{"separators only", " , ", " ,", "", 0},
	{"no separator", "ab", " ", "ab", 1},
};

static void test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strv struct strv list = STRV_INIT;
		auto_free char *joined = NULL;

		strv_split(&list, rows[i].text, rows[i].separators);
		joined = strv_join(&list, "+");
		if (list.count != rows[i].count || strcmp(joined, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, joined);
	}
}

static void a_join_without_a_gap_and_of_empty_parts(void **state)
{
	auto_strv struct strv list = STRV_INIT;
	auto_free char *none = strv_join(&list, ", "), *gap = NULL, *bare = NULL;

	(void)state;
	assert_string_equal(none, "");
	strv_add(&list, "");
	strv_add(&list, "x");
	strv_add(&list, "");
	gap = strv_join(&list, ", ");
	bare = strv_join(&list, "");
	assert_string_equal(gap, ", x, ");
	assert_string_equal(bare, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_an_argument_vector),
		cmocka_unit_test(test_split),
		cmocka_unit_test(a_join_without_a_gap_and_of_empty_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
