/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdbool.h>

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/gnuplot.h"

static bool is_missing(void)
{
	return system("command -v gnuplot >/dev/null") != 0;
}

static void one_process_draws_many_plots(void **state)
{
	struct err err = ERR_INIT;
	char **plots;

	(void)state;
	if (is_missing())
		skip();
	if (gnuplot_draw("set terminal svg size 100,60\nplot sin(x)\n"
			 "set terminal svg size 200,60\nplot cos(x)\n",
		    2, 20000, &plots, &err) < 0)
		fail_msg("%s", err.text);
	assert_non_null(strstr(plots[0], "viewBox=\"0 0 100 60\""));
	assert_non_null(strstr(plots[1], "viewBox=\"0 0 200 60\""));
	assert_non_null(strstr(plots[1], "</svg>"));
	gnuplot_free(plots, 2);
}

static void a_plotter_stays_between_scripts(void **state)
{
	struct plotter *plotter = plotter_new();
	struct err err = ERR_INIT;
	char **plots;

	(void)state;
	if (is_missing())
		skip();
	for (int round = 0; round < 6; round++) {
		/* the third one fails, and a setting of one must not be found by the next */
		bool wrong = round == 3;
		const char *script = wrong ? "set terminal svg\nplot nonsense(\n"
					   : "set terminal svg size 300,60\n"
					     "plot exists(\"left\") ? 1/0 : x\nleft = 1\n"
					     "set terminal svg size 200,60\nplot x\n";
		int r = plotter_draw(plotter, script, 2, 20000, &plots, &err);

		if (wrong) {
			assert_int_equal(r, -EPROTO);
			if (!strstr(err.text, "gnuplot ended with exit status 1"))
				fail_msg("%s", err.text);
			continue;
		}
		if (r < 0)
			fail_msg("round %d: %s", round, err.text);
		assert_non_null(strstr(plots[0], "viewBox=\"0 0 300 60\""));
		assert_non_null(strstr(plots[1], "</svg>"));
		assert_null(strstr(plots[1], "kvmperf"));
		gnuplot_free(plots, 2);
	}
	plotter_free(plotter);
}

static void a_failure_is_one_sentence(void **state)
{
	static const struct {
		const char *sentence, *script;
		int limit_ms, code;
		const char *part;
	} rows[] = {
		{"a wrong script is quoted", "set terminal svg\nplot nonsense(\n", 20000,
			-EPROTO, "gnuplot ended with exit status 1: line"},
		{"a missing plot is counted", "set terminal svg\n", 20000, -EPROTO,
			"drew 0 plots, expected 1"},
		{"a slow one is ended", "set terminal svg\npause 60\n", 300, -ETIMEDOUT,
			"time limit"},
	};

	(void)state;
	if (is_missing())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		char **plots = NULL;
		int r = gnuplot_draw(rows[i].script, 1, rows[i].limit_ms, &plots, &err);

		if (r != rows[i].code || plots || !strstr(err.text, rows[i].part))
			fail_msg("%s: %d, %s", rows[i].sentence, r, err.text);
	}
}

static void a_missing_gnuplot_is_named(void **state)
{
	struct err err = ERR_INIT;
	auto_free char *path = mem_strdup(getenv("PATH"));
	char **plots = NULL;

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(gnuplot_draw("plot 1\n", 1, 20000, &plots, &err), -ENOENT);
	setenv("PATH", path, 1);
	assert_non_null(strstr(err.text, "gnuplot"));
	assert_null(plots);
}

static void names_are_harmless_in_a_script(void **state)
{
	static const struct {
		const char *sentence, *text, *written;
	} rows[] = {
		{"a plain name stays", "g-thp 40/48/4K", "\"g-thp 40/48/4K\""},
		{"a command is not run", "`id` $HOME", "\"?id? ?HOME\""},
		{"a quote does not end the string", "a\"; print 1'", "\"a?; print 1?\""},
		{"a line stays a line", "a\nEOD\\", "\"a?EOD?\""},
		{"a missing name is empty", NULL, "\"\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *written = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&written, &size);

		gnuplot_string(out, rows[i].text);
		fclose(out);
		if (strcmp(written, rows[i].written))
			fail_msg("%s: got %s", rows[i].sentence, written);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_process_draws_many_plots),
		cmocka_unit_test(a_plotter_stays_between_scripts),
		cmocka_unit_test(a_failure_is_one_sentence),
		cmocka_unit_test(a_missing_gnuplot_is_named),
		cmocka_unit_test(names_are_harmless_in_a_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
