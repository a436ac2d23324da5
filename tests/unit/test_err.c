/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"

#include <errno.h>

#include "support.h"

static void a_sentence_is_set_and_noted(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&err, -EPROTO, "%s has %d", "host a", 3), -EPROTO);
	assert_int_equal(err.code, -EPROTO);
	assert_string_equal(err.text, "host a has 3");
	assert_int_equal(err_note(&err, "boot %d", 7), -EPROTO);
	assert_string_equal(err.text, "boot 7: host a has 3");
	assert_int_equal(err_sys(&err, -ENOENT, "cannot read %s", "x"), -ENOENT);
	assert_string_equal(err.text, "cannot read x: No such file or directory");
	err_clear(&err);
	assert_int_equal(err.code, 0);
	assert_string_equal(err.text, "");
}

static void nobody_needs_to_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, -EPROTO, "x"), -EPROTO);
	assert_int_equal(err_sys(NULL, -ENOENT, "x"), -ENOENT);
	assert_true(err_note(NULL, "x") < 0);
	err_clear(NULL);
}

/* Every way to make a sentence too long: it is cut, and says so. */
static void a_long_sentence_is_cut_and_shows_it(void **state)
{
	struct err err = ERR_INIT;
	char longer[3000];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&err, -EINVAL, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_string_equal(err.text + sizeof(err.text) - 4, "...");
	err_sys(&err, -EINVAL, "%.1020s", longer);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_string_equal(err.text + sizeof(err.text) - 4, "...");
	err_set(&err, -EINVAL, "%.1000s", longer);
	err_note(&err, "a context of more than twenty characters");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_string_equal(err.text + sizeof(err.text) - 4, "...");
	assert_int_equal(
		strncmp(err.text, "a context of more than twenty characters: xx", 44), 0);
}

static void nothing_in_a_sentence_commands_a_terminal(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_set(&err, -EPROTO, "it says \"%s\"", "\033[2J\r\007one\ntwo\tthree\x7f");
	assert_string_equal(err.text, "it says \"?[2J??one two three?\"");
	err_note(&err, "%s",
		"\xc2\x9b"
		"1m \xc3\xa4 \xc2\xb5");
	assert_string_equal(
		err.text, "??1m \xc3\xa4 \xc2\xb5: it says \"?[2J??one two three?\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_is_set_and_noted),
		cmocka_unit_test(nothing_in_a_sentence_commands_a_terminal),
		cmocka_unit_test(nobody_needs_to_listen),
		cmocka_unit_test(a_long_sentence_is_cut_and_shows_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
