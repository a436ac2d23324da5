/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdbool.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct {
	const char *sentence, *bytes, *repaired;
} rows[] = {
	{"plain text stays", "clear dirty log", "clear dirty log"},
	{"two, three and four bytes stay", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA7",
		"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA7"},
	{"a lone tail byte is one replacement", "a\x80z", "a\xEF\xBF\xBDz"},
	{"an overlong slash is two replacements", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"a surrogate is three replacements", "\xED\xA0\x80",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"a character beyond Unicode is replaced", "\xF4\x90\x80\x80",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"a character cut by the end is replaced", "ok\xE2\x82", "ok\xEF\xBF\xBD\xEF\xBF\xBD"},
	{"what follows a cut character is kept", "\xE2\x82z", "\xEF\xBF\xBD\xEF\xBF\xBDz"},
	{"a noncharacter is replaced as a whole or by bytes", "\xFF", "\xEF\xBF\xBD"},
	{"nothing gives nothing", "", ""},
};

static void invalid_bytes_are_replaced(void **state)
{
	char repaired[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		utf8_repair(rows[i].bytes, repaired);
		if (strcmp(repaired, rows[i].repaired))
			fail_msg("%s: got \"%s\"", rows[i].sentence, repaired);
	}
}

static void every_character_survives_the_round_trip(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char bytes[4];
		const char *at = bytes;
		size_t length = utf8_put(c, bytes), left = length;
		bool invalid = (c >= 0xD800 && c <= 0xDFFF) || (c & 0xFFFE) == 0xFFFE;

		if (utf8_take(&at, &left) != (invalid ? UTF8_REPLACEMENT : c))
			fail_msg("U+%04X does not come back", c);
		if (!invalid && left)
			fail_msg("U+%04X leaves %zu of %zu bytes", c, left, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invalid_bytes_are_replaced),
		cmocka_unit_test(every_character_survives_the_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
