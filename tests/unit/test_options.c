/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/options.h"

#include <unistd.h>

#include "support.h"

#include "base/mem.h"
#include "string/strv.h"

struct wishes {
	bool flag;
	const char *text;
	int number, choice;
};

static const char *const colours[] = {"red", "green", NULL};

static const struct option_row rows[] = {
	{"flag", OPTION_FLAG, offsetof(struct wishes, flag), 0, 0, NULL},
	{"text", OPTION_TEXT, offsetof(struct wishes, text), 0, 0, NULL},
	{"number", OPTION_INT, offsetof(struct wishes, number), -5, 100, NULL},
	{"colour", OPTION_CHOICE, offsetof(struct wishes, choice), 0, 0, colours},
};

static const struct option_table table = {"prog do", "the help\n", rows, ARRAY_SIZE(rows), 2};

/* Runs the reader on words and keeps what it says on a standard stream. */
static bool read_words(const char *line, int fd, struct strv *argv, struct wishes *wishes,
	int *ret_first, int *ret_status, char *said, size_t size)
{
	FILE *file = tmpfile();
	int kept = dup(fd);
	bool goes_on;
	size_t n;

	assert_non_null(file);
	strv_split(argv, line, " ");
	fflush(NULL);
	dup2(fileno(file), fd);
	goes_on = options_read(
		&table, (int)argv->count, argv->items, wishes, ret_first, ret_status);
	fflush(NULL);
	dup2(kept, fd);
	close(kept);
	rewind(file);
	n = fread(said, 1, size - 1, file);
	said[n] = '\0';
	fclose(file);
	return goes_on;
}

static const struct {
	const char *name, *line;
	struct wishes want;
	const char *first;
} good[] = {
	{"defaults stay", "do A B", {false, "none", 7, 1}, "A"},
	{"every kind is read", "do --flag --text=x --number 9 --colour red A B",
		{true, "x", 9, 0}, "A"},
	{"words may stand before options", "do A --number -5 B --flag", {true, "none", -5, 1},
		"A"},
	{"an option may be shortened", "do --num 9 A B", {false, "none", 9, 1}, "A"},
	{"the last of two wins", "do --number 1 --number 2 A B", {false, "none", 2, 1}, "A"},
	{"what follows -- is a word", "do --flag -- --text B", {true, "none", 7, 1}, "--text"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		auto_strv struct strv argv = STRV_INIT;
		struct wishes got = {false, "none", 7, 1};
		char said[256];
		int first = 0, status = -1;

		if (!read_words(
			    good[i].line, 2, &argv, &got, &first, &status, said, sizeof(said)))
			fail_msg("%s: %s", good[i].name, said);
		if (got.flag != good[i].want.flag || strcmp(got.text, good[i].want.text) ||
			got.number != good[i].want.number ||
			got.choice != good[i].want.choice ||
			strcmp(argv.items[first], good[i].first) != 0 || said[0])
			fail_msg("%s: %d %s %d %d %s", good[i].name, got.flag, got.text,
				got.number, got.choice, argv.items[first]);
	}
}

static const struct {
	const char *name, *line, *want;
} bad[] = {
	{"an unknown option is named", "do --flog A B",
		"prog do: --flog is not an option; see"},
	{"a short option is named", "do A B -x", "prog do: -x is not an option; see"},
	{"the first of a cluster of short options is named", "do A -xyz B",
		"prog do: -x is not an option; see"},
	{"a flag takes no value", "do --flag=3 A B", "prog do: --flag=3 is not an option; see"},
	{"a value is missing", "do A B --number", "prog do: --number wants a value; see"},
	{"a number that is none", "do --number=x A B",
		"prog do: --number x: expected a whole number from -5 to 100; see"},
	{"a number out of its range", "do --number=101 A B",
		"prog do: --number 101: expected a whole number from -5 to 100; see"},
	{"a choice that is none", "do --colour=blue A B",
		"prog do: --colour blue: expected one of red, green"},
	{"too few words", "do A", "prog do: expected 2 words besides options, got 1; see"},
	{"too many words", "do A B C", "prog do: expected 2 words besides options, got 3; see"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		auto_strv struct strv argv = STRV_INIT;
		struct wishes wishes = {0};
		char said[256];
		int first = 0, status = -1;

		if (read_words(bad[i].line, 2, &argv, &wishes, &first, &status, said,
			    sizeof(said)) ||
			status != 2 || strncmp(said, bad[i].want, strlen(bad[i].want)) != 0)
			fail_msg("%s: %d, \"%s\"", bad[i].name, status, said);
	}
}

static void help_goes_to_stdout_and_ends_well(void **state)
{
	auto_strv struct strv argv = STRV_INIT;
	struct wishes wishes = {0};
	char said[256];
	int first = 0, status = -1;

	(void)state;
	assert_false(read_words(
		"do --help", 1, &argv, &wishes, &first, &status, said, sizeof(said)));
	assert_int_equal(status, 0);
	assert_string_equal(said, "the help\n");
}

static const struct {
	const char *word;
	int64_t row; /* 0: none */
} row_words[] = {
	{"1", 1},
	{"4711", 4711},
	{"0", 0},
	{"-1", 0},
	{"1x", 0},
	{"", 0},
	{"99999999999999999999", 0},
};

static void a_row_has_a_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row_words); i++) {
		int64_t row = 0;

		if (options_row(row_words[i].word, &row) != !!row_words[i].row ||
			row != row_words[i].row)
			fail_msg("\"%s\"", row_words[i].word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_a_number),
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(help_goes_to_stdout_and_ends_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
