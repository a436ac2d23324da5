/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "base/scan.h"

static void lines_end_with_lf_or_cr_lf(void **state)
{
	static const char text[] = "one\ntwo\r\n\nlast";
	struct scan scan = scan_of(text, sizeof(text) - 1), line;
	static const char *const want[] = {"one", "two", "", "last"};
	bool ended;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(scan_line(&scan, &line, &ended));
		assert_int_equal(scan_left(&line), strlen(want[i]));
		assert_memory_equal(line.at, want[i], strlen(want[i]));
		assert_int_equal(ended, i < 3);
	}
	assert_false(scan_line(&scan, &line, &ended));
}

static const struct number_case {
	const char *sentence, *text;
	bool ok;
	uint64_t value;
	const char *rest;
} numbers[] = {
	{"a number ends at the first other character", "42s", true, 42, "s"},
	{"leading zeros are decimal", "0010", true, 10, ""},
	{"the largest number is read", "18446744073709551615", true, UINT64_MAX, ""},
	{"one more is no number", "18446744073709551616", false, 0, "18446744073709551616"},
	{"a sign is no digit", "-1", false, 0, "-1"},
	{"nothing is no number", "", false, 0, ""},
};

static void numbers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number_case *c = &numbers[i];
		struct scan scan = scan_of(c->text, strlen(c->text));
		uint64_t value = 7;

		if (scan_number(&scan, &value) != c->ok || value != (c->ok ? c->value : 7) ||
			strcmp(scan.at, c->rest) != 0)
			fail_msg("%s", c->sentence);
	}
}

static const struct signed_case {
	const char *sentence, *text;
	bool ok;
	int64_t value;
} signeds[] = {
	{"a minus sign counts", "-22", true, -22},
	{"no sign is positive", "22", true, 22},
	{"the largest is read", "9223372036854775807", true, INT64_MAX},
	{"one more does not fit", "9223372036854775808", false, 0},
	{"a lone sign is no number", "-", false, 0},
	{"two signs are none", "--1", false, 0},
};

static void signed_numbers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(signeds); i++) {
		const struct signed_case *c = &signeds[i];
		struct scan scan = scan_of(c->text, strlen(c->text));
		int64_t value = 0;

		if (scan_signed(&scan, &value) != c->ok || value != c->value ||
			(!c->ok && scan.at != c->text))
			fail_msg("%s", c->sentence);
	}
}

static const struct quote_case {
	const char *sentence, *text;
	size_t bytes;
	const char *want;
} quotes[] = {
	{"what fits is shown as it is", "abc", 3, "abc"},
	{"what exactly fits is shown whole", "abcdefg", 7, "abcdefg"},
	{"what does not fit is cut with dots", "abcdefgh", 8, "abcd..."},
	{"bytes that could harm a terminal are question marks", "a\033\0\xff", 4, "a???"},
	{"nothing is empty", "", 0, ""},
};

static void quotes_are_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct scan scan = scan_of(quotes[i].text, quotes[i].bytes);
		char got[8];

		scan_quote(&scan, got, sizeof(got));
		if (strcmp(got, quotes[i].want) != 0)
			fail_msg("%s: %s", quotes[i].sentence, got);
	}
}

static void a_literal_is_taken_only_whole(void **state)
{
	struct scan scan = scan_of("kind=", 5);

	(void)state;
	assert_false(scan_text(&scan, "kind=x"));
	assert_int_equal(scan_left(&scan), 5);
	assert_true(scan_text(&scan, "kind="));
	assert_int_equal(scan_left(&scan), 0);
	assert_false(scan_blanks(&scan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_lf_or_cr_lf),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(signed_numbers_are_read),
		cmocka_unit_test(quotes_are_harmless),
		cmocka_unit_test(a_literal_is_taken_only_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
