/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/progress.h"

#include <pty.h>
#include <unistd.h>

#include "support.h"

#include "base/mem.h"

/* Reads back what was shown, into one string. */
static char *shown(FILE *file)
{
	static char text[4096];
	size_t n;

	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	return text;
}

static void plain_output_is_whole_lines(void **state)
{
	struct progress progress;
	FILE *file = tmpfile();

	(void)state;
	assert_non_null(file);
	progress_init(&progress, file, false);
	assert_false(progress.live);
	progress_step(&progress, "build %s", "abc");
	progress_update(&progress, 1, 2, "not so soon");
	progress_command(&progress, "only when verbose");
	progress_note(&progress, "a note");
	progress_done(&progress, "built %s", "abc");
	progress_clear(&progress);
	assert_string_equal(shown(file), "build abc ...\na note\nbuilt abc (0:00)\n");
	fclose(file);
}

static void verbose_output_has_the_commands(void **state)
{
	struct progress progress;
	FILE *file = tmpfile();

	(void)state;
	progress_init(&progress, file, true);
	progress_command(&progress, "  make %s", "-j2");
	assert_string_equal(shown(file), "  make -j2\n");
	fclose(file);
}

static const struct {
	const char *name;
	int64_t done, total, age_ms;
	const char *want;
} rows[] = {
	{"half of it", 5, 10, 60000, "step:  50 %, 1:00, about 1:00 left  detail\n"},
	{"an hour more", 1, 61, 60000, "step:   1 %, 1:00, about 1:00:00 left  detail\n"},
	{"too early for a guess", 5, 10, 14000, "step:  50 %, 0:14  detail\n"},
	{"early enough", 5, 10, 15000, "step:  50 %, 0:15, about 0:15 left  detail\n"},
	{"too little for a guess", 9, 1000, 60000, "step:   0 %, 1:00  detail\n"},
	{"nothing yet", 0, 10, 60000, "step:   0 %, 1:00  detail\n"},
	{"no total", 5, 0, 61000, "step: 1:01  detail\n"},
	{"more than the total", 11, 10, 61000, "step: 1:01  detail\n"},
};

static void test_update(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct progress progress;
		FILE *file = tmpfile();

		progress_init(&progress, file, false);
		snprintf(progress.step, sizeof(progress.step), "step");
		progress.begun_ms -= rows[i].age_ms;
		progress.shown_ms -= 60000;
		progress_update(&progress, rows[i].done, rows[i].total, "%s", "detail");
		progress_update(&progress, rows[i].done, rows[i].total, "too soon again");
		if (strcmp(shown(file), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, shown(file));
		fclose(file);
	}
}

static void long_texts_are_cut(void **state)
{
	auto_free char *text = mem_new(5000, 1);
	struct progress progress;
	FILE *file = tmpfile();

	(void)state;
	memset(text, 'x', 4999);
	progress_init(&progress, file, true);
	progress_step(&progress, "%s", text);
	progress.shown_ms -= 100000;
	progress_update(&progress, 1, 2, "%s", text);
	progress_done(&progress, "%s", text);
	assert_non_null(strstr(shown(file), "x (0:00)\n"));
	fclose(file);
}

/* On a terminal of 30 columns. */
static void a_terminal_has_one_live_line(void **state)
{
	struct winsize size = {.ws_row = 24, .ws_col = 30};
	struct progress progress;
	int master, slave;
	char text[1024];
	size_t got = 0;
	FILE *file;
	ssize_t n;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	file = fdopen(slave, "w");
	progress_init(&progress, file, false);
	assert_true(progress.live);
	progress_step(&progress, "a step with a name that is longer than the terminal");
	progress_note(&progress, "a note");
	fclose(file);
	/* The other end hung up, so read(2) fails when everything was read. */
	while ((n = read(master, text + got, sizeof(text) - 1 - got)) > 0)
		got += (size_t)n;
	text[got] = '\0';
	assert_string_equal(text,
		"\r\033[Ka step with a name that is lo"
		"\r\033[Ka note\r\n");
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_output_is_whole_lines),
		cmocka_unit_test(verbose_output_has_the_commands),
		cmocka_unit_test(test_update),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(a_terminal_has_one_live_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
