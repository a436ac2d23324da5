/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/csv.h"

#include <errno.h>

#include "base/mem.h"
#include "string/str.h"
#include "support.h"

/* What is read, as titles|cells, with a line number before each row. */
static const struct {
	const char *name, *text, *want;
} rows[] = {
	{"an empty file has nothing", "", ""},
	{"blank lines are nothing", "\n \t\r\n\n", ""},
	{"a header gives titles", "index,value\n0,3.5\n1,4\n", "index,value|2:0,3.5|3:1,4"},
	{"without a header columns are numbered", "0,3.5\n1,4\n", "1,2|1:0,3.5|2:1,4"},
	{"one number in the first line makes it data", "abc,3\ndef,4\n", "1,2|1:abc,3|2:def,4"},
	{"a header alone", "index,value\n", "index,value"},
	{"no line end at the end", "a,b\n1,2", "a,b|2:1,2"},
	{"a carriage return at the very end", "a,b\r\n1,2\r", "a,b|2:1,2"},
	{"DOS line ends", "a,b\r\n1,2\r\n", "a,b|2:1,2"},
	{"a byte order mark is passed over",
		"\xef\xbb\xbf"
		"a,b\n1,2\n",
		"a,b|2:1,2"},
	{"blanks around fields do not count", " a ,\tb\n 1 , 2 \n", "a,b|2:1,2"},
	{"but inside of quotes they do", "a,b\n\" 1 \",2\n", "a,b|2: 1 ,2"},
	{"quotes hold commas", "a,b\n\"x,y\",2\n", "a,b|2:x,y,2"},
	{"doubled quotes are quotes", "a,b\n\"x\"\"y\",2\n", "a,b|2:x\"y,2"},
	{"quotes hold line ends, and lines are still counted", "a,b\n\"x\ny\",2\n5,6\n",
		"a,b|2:x\ny,2|4:5,6"},
	{"empty fields are empty", "a,b,c\n,,3\n\"\",2,\n", "a,b,c|2:,,3|3:,2,"},
	{"blank lines between rows do not shift lines", "a,b\n\n1,2\n\n3,4\n",
		"a,b|3:1,2|5:3,4"},
	{"one column", "v\n1\n2\n", "v|2:1|3:2"},
	{"a quote inside of a plain field is itself", "a,b\nx\"y,2\n", "a,b|2:x\"y,2"},
};

static void describe(const struct csv *csv, struct str *out)
{
	for (size_t c = 0; c < csv->columns; c++)
		str_addf(out, "%s%s", c ? "," : "", csv->titles[c]);
	for (size_t r = 0; r < csv->rows; r++) {
		str_addf(out, "|%zu:", csv->lines[r]);
		for (size_t c = 0; c < csv->columns; c++)
			str_addf(out, "%s%s", c ? "," : "", csv_cell(csv, r, c));
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_str struct str got = STR_INIT;
		struct err err = ERR_INIT;
		struct csv csv;

		if (csv_parse(&csv, "f.csv", rows[i].text, strlen(rows[i].text), &err) < 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		describe(&csv, &got);
		if (strcmp(str_text(&got), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, str_text(&got));
		csv_clear(&csv);
	}
	csv_clear(NULL);
}

static const struct {
	const char *name, *text, *want;
} bad[] = {
	{"a short row", "a,b\n1,2\n3\n", "f.csv:3: 1 fields, expected 2"},
	{"a long row", "a,b\n1,2,3\n", "f.csv:2: 3 fields, expected 2"},
	{"an open quote names where it opened", "a,b\n\"1,2\n3,4\n",
		"f.csv:2: a quote is opened"},
	{"text behind a quote", "a,b\n\"1\"x,2\n", "f.csv:2: text follows"},
	{"an open quote at the end", "\"", "f.csv:1: a quote is opened"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct csv csv = {.rows = 77};
		struct err err = ERR_INIT;

		if (csv_parse(&csv, "f.csv", bad[i].text, strlen(bad[i].text), &err) !=
				-EINVAL ||
			!text_starts(err.text, bad[i].want))
			fail_msg("%s: \"%s\"", bad[i].name, err.text);
		assert_int_equal(csv.rows, 77);
	}
}

static void test_limits(void **state)
{
	auto_free char *commas = mem_new(CSV_COLUMNS_MAX + 1, 1);
	struct err err = ERR_INIT;
	struct csv csv;

	(void)state;
	memset(commas, ',', CSV_COLUMNS_MAX);
	assert_int_equal(csv_parse(&csv, "f.csv", commas, CSV_COLUMNS_MAX, &err), -EFBIG);
	assert_int_equal(csv_parse(&csv, "f.csv", commas, CSV_COLUMNS_MAX - 1, &err), 0);
	assert_int_equal(csv.columns, CSV_COLUMNS_MAX);
	assert_int_equal(csv.rows, 0);
	csv_clear(&csv);
	assert_int_equal(csv_parse(&csv, "f.csv", "", CSV_BYTES_MAX + 1, &err), -EFBIG);
	assert_int_equal(csv_parse(&csv, "f.csv", "1,\0,2\n", 6, &err), -EINVAL);
	assert_non_null(strstr(err.text, "NUL"));
}

static const struct {
	const char *cell;
	enum csv_kind kind;
	double value;
} cells[] = {
	{"", CSV_EMPTY, 0},
	{"0", CSV_NUMBER, 0},
	{"-1.5e3", CSV_NUMBER, -1500},
	{"+.5", CSV_NUMBER, 0.5},
	{"1e-400", CSV_NUMBER, 0},
	{"1e999", CSV_NOT_FINITE, 0},
	{"nan", CSV_NOT_FINITE, 0},
	{"-inf", CSV_NOT_FINITE, 0},
	{"Infinity", CSV_NOT_FINITE, 0},
	{"0x10", CSV_TEXT, 0},
	{"1.5.2", CSV_TEXT, 0},
	{"1e", CSV_TEXT, 0},
	{"-", CSV_TEXT, 0},
	{"12 ms", CSV_TEXT, 0},
	{"3,5", CSV_TEXT, 0},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		double value = 0;

		if (csv_number(cells[i].cell, &value) != cells[i].kind ||
			value != cells[i].value)
			fail_msg("\"%s\" is %g", cells[i].cell, value);
	}
}

static void test_columns(void **state)
{
	static const char text[] =
		"commit,time,note,empty\nabc,1,x,\n12345,bad,y,\ndef,3,4,\n"
		"aaa,nan,z,\nbbb,5,z,\n";
	struct err err = ERR_INIT;
	struct csv csv;
	size_t column;
	double value = 7;

	(void)state;
	assert_int_equal(csv_parse(&csv, "f.csv", text, strlen(text), &err), 0);
	assert_false(csv_is_numeric(&csv, 0)); /* one id that looks like a number */
	assert_true(csv_is_numeric(&csv, 1));  /* two broken cells */
	assert_false(csv_is_numeric(&csv, 2));
	assert_false(csv_is_numeric(&csv, 3));
	assert_true(csv_column(&csv, "time", &column) && column == 1);
	assert_false(csv_column(&csv, "no", &column));
	assert_int_equal(csv_value(&csv, 0, 1, &value, &err), 0);
	assert_near(value, 1, 0);
	assert_int_equal(csv_value(&csv, 1, 1, &value, &err), -EINVAL);
	assert_string_equal(
		err.text, "f.csv:3: column time is \"bad\", expected a finite number");
	assert_int_equal(csv_value(&csv, 3, 1, &value, &err), -EINVAL);
	assert_int_equal(csv_value(&csv, 0, 3, &value, &err), -EINVAL);
	assert_string_equal(
		err.text, "f.csv:2: column empty is empty, expected a finite number");
	assert_near(value, 1, 0);
	csv_clear(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
