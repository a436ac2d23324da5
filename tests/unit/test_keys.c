/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/keys.h"

#include <errno.h>

#include "support.h"

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"

/* What the tables below are read into. */
struct box {
	char *text;
	struct strv words;
	int number, duration_s, choice;
	int64_t size_bytes;
	bool flag;
};

struct shelf {
	struct box box, named[2];
	char *names[2];
	size_t named_count;
};

static const char *const colours[] = {"red", "green", NULL};

#define BOX(field) offsetof(struct box, field)

static const struct key keys[] = {
	{"box", "text", KEY_TEXT, BOX(text), "none", 0, 0, NULL},
	{"box", "words", KEY_WORDS, BOX(words), "", 0, 0, NULL},
	{"box", "number", KEY_INT, BOX(number), "7", -3, 50, NULL},
	{"box", "size", KEY_SIZE, BOX(size_bytes), "1k", 0, 0, NULL},
	{"box", "duration", KEY_DURATION, BOX(duration_s), "2m", 0, 0, NULL},
	{"box", "flag", KEY_SWITCH, BOX(flag), "off", 0, 0, NULL},
	{"box", "colour", KEY_CHOICE, BOX(choice), "green", 0, 0, colours},
	{"named", "text", KEY_TEXT, BOX(text), NULL, 0, 0, NULL},
	{"named", "flag", KEY_SWITCH, BOX(flag), "on", 0, 0, NULL},
};

static void *open_section(void *data, const char *section, const char *name, struct err *err)
{
	struct shelf *shelf = data;

	if (strcmp(section, "box") == 0)
		return &shelf->box;
	if (!name || shelf->named_count == ARRAY_SIZE(shelf->named)) {
		err_set(err, -E2BIG, "no room for [named %s]", name ? name : "");
		return NULL;
	}
	shelf->names[shelf->named_count] = mem_strdup(name);
	return &shelf->named[shelf->named_count++];
}

static void shelf_clear(struct shelf *shelf)
{
	free(shelf->box.text);
	strv_clear(&shelf->box.words);
	for (size_t i = 0; i < shelf->named_count; i++) {
		free(shelf->named[i].text);
		free(shelf->names[i]);
	}
}

static void describe_box(const struct box *box, struct str *out)
{
	auto_free char *words = strv_join(&box->words, "+");

	str_addf(out, "%s|%s|%d|%lld|%d|%s|%s", box->text, words, box->number,
		(long long)box->size_bytes, box->duration_s, box->flag ? "yes" : "no",
		colours[box->choice]);
}

static const struct {
	const char *name, *text, *want;
} good[] = {
	{"every key has its value",
		"[box]\ntext = some words\nwords = a  b\tc\nnumber = -3\nsize = 2M\n"
		"duration = 90s\nflag = yes\ncolour = red\n",
		"some words|a+b+c|-3|2097152|90|yes|red"},
	{"an absent key has its default", "[box]\nnumber = 1\n", "none||1|1024|120|no|green"},
	{"a section without a key has its defaults", "[box]\n", "none||7|1024|120|no|green"},
	{"comments and blank lines are nothing", "# a\n; b\n\n[box] ; c\n  # d\ntext = x ; e\n",
		"x||7|1024|120|no|green"},
	{"the last line needs no newline", "[box]\ntext = x", "x||7|1024|120|no|green"},
	{"the header alone needs no newline", "[box]", "none||7|1024|120|no|green"},
	{"lines may end as on DOS", "[box]\r\ntext = x\r\n", "x||7|1024|120|no|green"},
	{"a byte order mark is passed over", "\xef\xbb\xbf[box]\ntext = x\n",
		"x||7|1024|120|no|green"},
	{"keys may be indented", "[box]\n  text = x\n\tnumber = 2\n", "x||2|1024|120|no|green"},
	{"blanks in a header do not matter", "[ box ]\ntext = x\n[box\t]\nnumber = 2\n",
		"x||2|1024|120|no|green"},
	{"a section may go on later",
		"[box]\ntext = x\n[named a]\ntext = y\n[box]\nnumber = 2\n",
		"x||2|1024|120|no|green"},
	{"an empty value is a value", "[box]\ntext =\nwords =\n", "||7|1024|120|no|green"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct shelf shelf = {0};
		struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &shelf, NULL};
		auto_str struct str got = STR_INIT;
		struct err err = ERR_INIT;

		if (keys_read(&table, "f.conf", good[i].text, &err) < 0)
			fail_msg("%s: %s", good[i].name, err.text);
		describe_box(&shelf.box, &got);
		if (strcmp(str_text(&got), good[i].want) != 0)
			fail_msg("%s: %s", good[i].name, str_text(&got));
		shelf_clear(&shelf);
	}
}

#define TEN	"0123456789"
#define FIFTY	TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY

static const struct {
	const char *name, *text, *want;
} bad[] = {
	{"an unknown key names the nearest one", "[box]\ntext = x\n\nnumbr = 3\n",
		"f.conf:4: unknown key \"numbr\", did you mean \"number\"?"},
	{"a key of another section is not near", "[named a]\ntext = x\nnumber = 3\n",
		"f.conf:3: unknown key \"number\""},
	{"nothing is near to nonsense", "[box]\nquantumchromodynamics = 3\n",
		"f.conf:2: unknown key \"quantumchromodynamics\""},
	{"an unknown section names the nearest one", "\n[bix]\ntext = x\n",
		"f.conf:2: unknown section \"bix\", did you mean \"box\"?"},
	{"an unknown section without keys is one", "[box]\n[hippopotamus]\n",
		"f.conf:2: unknown section \"hippopotamus\""},
	{"a number that is none", "[box]\nnumber = three\n",
		"f.conf:2: number = \"three\": expected a whole number from -3 to 50"},
	{"a number out of its range", "[box]\nnumber = 51\n",
		"f.conf:2: number = \"51\": expected a whole number from -3 to 50"},
	{"a number with something behind", "[box]\nnumber = 5x\n",
		"f.conf:2: number = \"5x\": expected a whole number from -3 to 50"},
	{"a size that is none", "[box]\nsize = 2X\n",
		"f.conf:2: size = \"2X\": expected a size such as 64k, 2M or 1G"},
	{"a time that is none", "[box]\nduration = 3d\n",
		"f.conf:2: duration = \"3d\": expected a time such as 90s, 10m or 2h"},
	{"a switch that is none", "[box]\nflag = maybe\n",
		"f.conf:2: flag = \"maybe\": expected yes or no"},
	{"a choice that is none", "[box]\ncolour = blue\n",
		"f.conf:2: colour = \"blue\": expected one of red, green"},
	{"a key that is given twice", "[box]\ntext = x\ntext = x\n",
		"f.conf:3: text is given twice in [box]"},
	{"a key that is given twice, with its section",
		"[named a]\ntext = x\n[box]\n[named  a ]\ntext = y\n",
		"f.conf:5: text is given twice in [named a]"},
	{"a missing key names the line of its section", "[box]\n\n[named a]\n\nflag = no\n",
		"f.conf:3: [named a] has no \"text\""},
	{"a missing key of an empty section", "[box]\n[named a]\n",
		"f.conf:2: [named a] has no \"text\""},
	{"a key before the first section", "# x\ntext = x\n[box]\n",
		"f.conf:2: \"text\" stands before the first [section]"},
	{"a line that is neither", "[box]\ntext = x\nhello\n",
		"f.conf:3: expected \"name = value\" or \"[section]\""},
	{"an indented line does not continue a value", "[box]\ntext = x\n  y\n",
		"f.conf:3: expected \"name = value\" or \"[section]\""},
	{"of two errors the first is told", "[box]\nhello\nnumber = x\n",
		"f.conf:2: expected \"name = value\" or \"[section]\""},
	{"a header that does not end", "[box\ntext = x\n", "f.conf:1: expected \"[section]\""},
	{"text behind a header", "[box] text = x\n", "f.conf:1: expected \"[section]\""},
	{"an empty header", "[]\ntext = x\n", "f.conf:1: unknown section \"\""},
	{"a section that is refused names its line",
		"[named a]\ntext = x\n\n[named]\ntext = x\n", "f.conf:4: no room for [named ]"},
	{"an overlong line", "[box]\ntext = " HUNDRED HUNDRED "\nnumber = x\n",
		"f.conf:2: the line is longer than 198 characters"},
	{"long names are not cut and so mistaken for each other",
		"[named " FIFTY "a]\ntext = x\n[named " FIFTY "b]\ntext = y\nflag = 3\n",
		"f.conf:5: flag = \"3\": expected yes or no"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct shelf shelf = {0};
		struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &shelf, NULL};
		struct err err = ERR_INIT;

		if (keys_read(&table, "f.conf", bad[i].text, &err) >= 0 || err.code >= 0 ||
			strcmp(err.text, bad[i].want) != 0)
			fail_msg("%s: \"%s\"", bad[i].name, err.text);
		shelf_clear(&shelf);
	}
}

static void the_longest_line_that_fits_is_read(void **state)
{
	static const char text[] = "[box]\ntext = " HUNDRED FIFTY TEN TEN TEN "0123456\n";
	struct shelf shelf = {0};
	struct key_table table = {keys, ARRAY_SIZE(keys), open_section, &shelf, NULL};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(keys_read(&table, "f.conf", text, &err), 0);
	assert_int_equal(strlen(shelf.box.text), 187);
	shelf_clear(&shelf);
}

static const struct {
	const char *text;
	int64_t bytes; /* -1: refused */
} sizes[] = {
	{"0", 0},
	{"64k", 65536},
	{"64K", 65536},
	{"2M", 2097152},
	{"1g", 1073741824},
	{"8388607T", 8388607LL << 40},
	{"8388608T", -1},
	{"9223372036854775807", INT64_MAX},
	{"9223372036854775808", -1},
	{"-1", -1},
	{"", -1},
	{"k", -1},
	{"1kB", -1},
	{"1 k", -1},
	{"1\xeb", -1},
	{"0x10", -1},
	{"1.5G", -1},
};

static void test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		int64_t got = -1;
		int r = key_size(sizes[i].text, &got);

		if (got != sizes[i].bytes || r != (got < 0 ? -EINVAL : 0))
			fail_msg("\"%s\": %d, %lld", sizes[i].text, r, (long long)got);
	}
}

static const struct {
	const char *text;
	int seconds; /* -1: refused */
} durations[] = {
	{"0", 0},
	{"90", 90},
	{"90s", 90},
	{"10m", 600},
	{"2h", 7200},
	{"596523h", 2147482800},
	{"596524h", -1},
	{"2147483647", 2147483647},
	{"2147483648", -1},
	{"99999999999999999999", -1},
	{"-1s", -1},
	{"1H", -1},
	{"1ms", -1},
	{"", -1},
	{"m", -1},
};

static void test_durations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		int got = -1;
		int r = key_duration(durations[i].text, &got);

		if (got != durations[i].seconds || r != (got < 0 ? -EINVAL : 0))
			fail_msg("\"%s\": %d, %d", durations[i].text, r, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(the_longest_line_that_fits_is_read),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
