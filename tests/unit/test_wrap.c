/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/wrap.h"

#include <stdlib.h>

#include "support.h"

#include "base/mem.h"

#define A20 "aaaaaaaaaaaaaaaaaaaa"
#define A60 A20 A20 A20

static const struct row {
	const char *name, *text, *want;
} rows[] = {
	{"short prose stays", "one two\n", "one two\n"},
	{"72 columns fit", A60 " bbbbbbbbbbb", A60 " bbbbbbbbbbb\n"},
	{"73 do not", A60 " bbbbbbbbbbbb", A60 "\nbbbbbbbbbbbb\n"},
	{"a word that is too long stays whole", A60 A60 " b", A60 A60 "\nb\n"},
	{"a row of a table stays whole", "a  " A60 " " A60, "a  " A60 " " A60 "\n"},
	{"what is indented stays whole", " " A60 " " A60, " " A60 " " A60 "\n"},
	{"lines are not joined", "a\nb\n\nc", "a\nb\n\nc\n"},
	{"a character of two bytes takes one column",
		A60 " \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
		A60 " \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\n"},
	{"a number keeps its percent sign", A60 " 1234567890 %.", A60 "\n1234567890 %.\n"},
	{"nothing", "", ""},
};

static void test_wrap(void **state)
{
	const struct row *row = *state;
	auto_free char *got = NULL;
	size_t bytes;
	FILE *out = open_memstream(&got, &bytes);

	assert_non_null(out);
	wrap_text(out, row->text);
	fclose(out);
	assert_string_equal(got, row->want);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest){
			rows[i].name, test_wrap, NULL, NULL, (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
