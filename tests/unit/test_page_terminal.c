/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "page/terminal.h"
#include "sample.h"

static char *render(enum sample_kind kind, bool cells)
{
	struct comparison c;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	sample_comparison(&c, kind, 7);
	page_terminal_write(out, &c, cells);
	fclose(out);
	comparison_clear(&c);
	return text;
}

static size_t columns_of(const char *line, size_t bytes)
{
	size_t columns = 0;

	for (size_t i = 0; i < bytes; i++)
		columns += ((unsigned char)line[i] & 0xC0) != 0x80;
	return columns;
}

static void the_reference_table_fits_80_columns(void **state)
{
	auto_free char *text = render(SAMPLE_JUDGED, false);
	const char *table = strstr(text, "Scenario 1"), *line = text;

	(void)state;
	assert_non_null(table);
	for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (line >= table && line < strstr(text, "\nx boot") &&
			columns_of(line, strcspn(line, "\n")) > 80)
			fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
}

static void numbers_stand_in_the_seeds_shape(void **state)
{
	auto_free char *text = render(SAMPLE_JUDGED, true);

	(void)state;
	if (getenv("KVMPERF_SITE"))
		printf("%s", text);
	assert_non_null(strstr(text, "IMPROVED: clear dirty log"));
	assert_non_null(strstr(text, "instructions executed, emulated host, not time"));
	assert_non_null(strstr(text, "-44.7 % (1.7)"));
	assert_non_null(strstr(text, "40/48/64K"));
	assert_non_null(strstr(text, "x boot 5 B  kernel: console shows"));
	assert_non_null(strstr(text, "- g-4k 40/48/4K"));
}

static void hostile_text_does_not_reach_the_terminal(void **state)
{
	auto_free char *text = render(SAMPLE_HOSTILE, true);

	(void)state;
	assert_null(strchr(text, '\x1B'));
	assert_null(strstr(text, "\xE2\x80\xAE"));
	assert_null(strchr(text, '\xFF'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_table_fits_80_columns),
		cmocka_unit_test(numbers_stand_in_the_seeds_shape),
		cmocka_unit_test(hostile_text_does_not_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
