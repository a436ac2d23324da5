/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "string/str.h"

#include "support.h"

#include "base/mem.h"

static void a_string_grows_by_every_kind_of_piece(void **state)
{
	auto_str struct str str = STR_INIT;

	(void)state;
	assert_string_equal(str_text(&str), "");
	str_add(&str, "");
	str_add(&str, "one");
	str_add_char(&str, ' ');
	str_addf(&str, "%d-%s", 2, "three");
	str_add_bytes(&str, "\0x", 2);
	str_add_bytes(&str, NULL, 0);
	assert_int_equal(str.length, 13);
	assert_memory_equal(str.text, "one 2-three\0x", 14);
	str_reset(&str);
	assert_string_equal(str_text(&str), "");
	str_add(&str, "again");
	assert_string_equal(str_text(&str), "again");
	str_clear(&str);
	str_clear(&str);
	str_reset(&str);
	assert_string_equal(str_text(&str), "");
}

static void a_long_string_keeps_every_byte(void **state)
{
	auto_str struct str str = STR_INIT;

	(void)state;
	for (int i = 0; i < 20000; i++)
		str_addf(&str, "%05d", i);
	assert_int_equal(str.length, 100000);
	for (int i = 0; i < 20000; i++) {
		char want[6];

		snprintf(want, sizeof(want), "%05d", i);
		assert_memory_equal(str.text + 5 * i, want, 5);
	}
}

static void what_is_taken_belongs_to_the_taker(void **state)
{
	struct str str = STR_INIT;
	auto_free char *empty = str_take(&str), *text = NULL;

	(void)state;
	assert_string_equal(empty, "");
	str_add(&str, "x");
	text = str_take(&str);
	assert_string_equal(text, "x");
	assert_null(str.text);
}

static const struct {
	const char *text, *start, *end;
	bool starts, ends;
} edges[] = {
	{"daemon.c", "dae", ".c", true, true},
	{"daemon.c", "", "", true, true},
	{"c", "cc", "cc", false, false},
	{"", "", "", true, true},
	{"", "x", "x", false, false},
	{"abab", "ba", "ba", false, false},
	{"abab", "ab", "ab", true, true},
};

static void test_edges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		assert_int_equal(text_starts(edges[i].text, edges[i].start), edges[i].starts);
		assert_int_equal(text_ends(edges[i].text, edges[i].end), edges[i].ends);
	}
}

static void blanks_are_trimmed(void **state)
{
	static const char *const rows[][2] = {{" a b\t\r\n", "a b"}, {"", ""}, {" \n", ""},
		{"a", "a"}, {"\ta", "a"}, {"\va", "\va"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *copy = mem_strdup(rows[i][0]);

		assert_string_equal(text_trim(copy), rows[i][1]);
	}
}

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *a, *b;
	size_t want;
} distances[] = {
	{"", "", 0},
	{"", "abc", 3},
	{"abc", "", 3},
	{"kitten", "sitting", 3},
	{"flaw", "lawn", 2},
	{"boots", "boot", 1},
	{"same", "same", 0},
	{SIXTY_FOUR, SIXTY_FOUR, 0},
	{SIXTY_FOUR "x", "x", SIZE_MAX},
	{"x", SIXTY_FOUR "x", SIZE_MAX},
};

static void test_distances(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(distances); i++)
		if (text_distance(distances[i].a, distances[i].b) != distances[i].want)
			fail_msg("\"%s\", \"%s\"", distances[i].a, distances[i].b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_grows_by_every_kind_of_piece),
		cmocka_unit_test(a_long_string_keeps_every_byte),
		cmocka_unit_test(what_is_taken_belongs_to_the_taker),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(blanks_are_trimmed),
		cmocka_unit_test(test_distances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
