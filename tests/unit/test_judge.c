/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/judge.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "support.h"

#define WORDS_MAX 6

static const char base[] =
	"boot,cell,value\n1,x/t,10\n2,x/t,10.1\n3,x/t,9.9\n4,x/t,10\n"
	"1,y/t,5\n2,y/t,5\n3,y/t,5\n4,y/t,5\n";
static const char slow[] =
	"boot,cell,value\n1,x/t,12\n2,x/t,12.1\n3,x/t,11.9\n4,x/t,12\n"
	"1,y/t,5\n2,y/t,5\n3,y/t,5\n4,y/t,5\n";
static const char bare[] = "value\n10\n10.1\n9.9\n10\n";

static const struct {
	const char *name;
	const char *a, *b; /* contents of the files; NULL: there is none */
	const char *words[WORDS_MAX];
	int status;
	const char *out, *err; /* parts of what is printed; NULL: nothing is */
} rows[] = {
	{"a slower cell and an equal one", base, slow, {NULL}, 0,
		"1 regressed, 0 improved, 1 unchanged, 0 inconclusive, 0 failed\n", NULL},
	{"the other way round it is an improvement", slow, base, {NULL}, 0,
		"0 regressed, 1 improved", NULL},
	{"the same values are unchanged", base, base, {NULL}, 0, "2 unchanged", NULL},
	{"one column of values is one cell", bare, bare, {NULL}, 0, "(all)               4+4",
		NULL},
	{"a larger minimum effect", base, slow, {"--min-effect", "0.3"}, 0, "2 unchanged",
		NULL},
	{"a floor in the unit of the values", base, slow, {"--floor", "3"}, 0, "2 unchanged",
		NULL},
	{"columns by other names", "run,name,ms\n1,x,10\n2,x,10\n3,x,10\n",
		"run,name,ms\n1,x,12\n2,x,12\n3,x,12\n",
		{"--columns", "boot=run,cell=name,value=ms"}, 0, "1 regressed", NULL},
	{"columns that are not named are left out", base, slow, {"--columns", "value"}, 0,
		"(all)               8+8", NULL},
	{"processes give one value a boot",
		"boot,process,value\n1,1,10\n1,2,10\n1,3,99\n2,1,10\n2,2,10\n2,3,10\n",
		"boot,process,value\n1,1,10\n1,2,10\n1,3,10\n2,1,10\n2,2,10\n2,3,10\n", {NULL},
		0, "2+2      1 0.9996      1", NULL},
	{"sides of different lab sessions are not compared", "session,value\n1,10\n1,10\n",
		"session,value\n2,12\n2,12\n", {NULL}, 0,
		"failed: no lab session has both kernels", NULL},
	{"one boot a side is no verdict", "value\n10\n", "value\n12\n", {NULL}, 0,
		"failed: one boot a side and no history", NULL},
	{"a cell that a side lacks", base, "boot,cell,value\n1,x/t,12\n2,x/t,12\n", {NULL}, 0,
		"failed: the new kernel has no value", NULL},
	{"zero and negative values are failed processes", bare, "value\n0\n-1\n\"\"\n", {NULL},
		0,
		"failed: the new kernel has no value\n0 regressed, 0 improved, 0 unchanged, 0 "
		"inconclusive, 1 failed; 3 boots without a value\n",
		NULL},
	{"JSON", base, slow, {"--format", "json"}, 0, "\"verdict\": \"regressed\"", NULL},
	{"JSON of a cell that cannot be judged", "value\n10\n", "value\n12\n",
		{"--format", "json"}, 0, "\"why\": \"one boot a side", NULL},
	{"NaN names file and line", bare, "value\n1\nnan\n", {NULL}, 1, NULL,
		":3: column value is \"nan\", expected a finite number"},
	{"infinity names file and line", bare, "value\n1\n1\ninf\n", {NULL}, 1, NULL,
		":4: column"},
	{"text names file and line", bare, "value\n1\n2 ms\n", {NULL}, 1, NULL,
		":3: column value"},
	{"a broken row names file and line", base, "boot,cell,value\n1,x,2\n1,x\n", {NULL}, 1,
		NULL, ":3: 2 fields, expected 3"},
	{"an empty file", "", bare, {NULL}, 1, NULL, "there is no row of values"},
	{"a header alone", bare, "value\n", {NULL}, 1, NULL, "there is no row of values"},
	{"no column of values", "a,b\n1,2\n", "a,b\n1,2\n", {NULL}, 1, NULL,
		":1: there is no column value"},
	{"a column that one file lacks", base, bare, {NULL}, 1, NULL,
		":1: there is no column boot, but"},
	{"a column that was asked for", base, slow, {"--columns", "process,value"}, 1, NULL,
		":1: there is no column process"},
	{"a column that means nothing", base, slow, {"--columns", "bot,value"}, 1, NULL,
		"--columns bot: expected session, boot"},
	{"a missing file", NULL, bare, {NULL}, 1, NULL, "cannot read /nonexistent/a.csv"},
	{"a share of false flags above 1", bare, bare, {"--fdr", "2"}, 2, NULL,
		"--fdr 2: expected a number from 0 to 1"},
	{"a minimum effect that is no number", bare, bare, {"--min-effect", "2%"}, 2, NULL,
		"--min-effect 2%"},
	{"an unknown option", bare, bare, {"--colums", "x"}, 2, NULL, "not an option"},
	{"help", bare, bare, {"--help"}, 0, "usage: kvmperf judge", NULL},
	{"a name cannot steer the terminal", "cell,value\n\033[2J,1\n\033[2J,1\n",
		"cell,value\n\033[2J,1\n\033[2J,1\n", {NULL}, 0, "?[2J", NULL},
};

static void write_file(const char *path, const char *content)
{
	FILE *out = fopen(path, "we");

	assert_non_null(out);
	fputs(content, out);
	assert_int_equal(fclose(out), 0);
}

static void read_back(int fd, char *ret, size_t size)
{
	ssize_t n = pread(fd, ret, size - 1, 0);

	assert_true(n >= 0);
	ret[n] = '\0';
	close(fd);
}

/* Runs the command with stdout and stderr in files, whose content it returns. */
static int run(const char *const *words, const char *a, const char *b, char *out, char *err,
	size_t size)
{
	char *argv[WORDS_MAX + 4] = {(char[]){"judge"}};
	int saved[2] = {dup(1), dup(2)}, to[2], argc = 1, status;

	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = mem_strdup(words[argc - 1]);
	argv[argc++] = mem_strdup(a);
	argv[argc++] = mem_strdup(b);
	for (int i = 0; i < 2; i++) {
		to[i] = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		assert_true(to[i] >= 0);
		fflush(i ? stderr : stdout);
		dup2(to[i], i + 1);
	}
	status = cmd_judge(argc, argv);
	for (int i = 0; i < 2; i++) {
		fflush(i ? stderr : stdout);
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	read_back(to[0], out, size);
	read_back(to[1], err, size);
	for (int i = 1; i < argc; i++)
		free(argv[i]);
	return status;
}

static bool holds(const char *printed, const char *part)
{
	return part ? strstr(printed, part) != NULL : printed[0] == '\0';
}

static void make_file(char *path, const char *content)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	write_file(path, content ? content : "");
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char a[] = "/tmp/judge-a-XXXXXX", b[] = "/tmp/judge-b-XXXXXX";
		char out[8192], err[2048];
		int status;

		make_file(a, rows[i].a);
		make_file(b, rows[i].b);
		status = run(rows[i].words, rows[i].a ? a : "/nonexistent/a.csv", b, out, err,
			sizeof(out) < sizeof(err) ? sizeof(out) : sizeof(err));
		unlink(a);
		unlink(b);
		if (status != rows[i].status || !holds(out, rows[i].out) ||
			!holds(err, rows[i].err))
			fail_msg("%s: status %d, printed \"%s\", \"%s\"", rows[i].name, status,
				out, err);
	}
}

static void test_json(void **state)
{
	static const char *const words[WORDS_MAX] = {"--format", "json"};
	char a[] = "/tmp/judge-a-XXXXXX", b[] = "/tmp/judge-b-XXXXXX", out[8192], err[8192];
	const json_t *cell, *interval;
	json_t *root;

	(void)state;
	make_file(a, base);
	make_file(b, slow);
	assert_int_equal(run(words, a, b, out, err, sizeof(out)), 0);
	unlink(a);
	unlink(b);
	root = json_loads(out, 0, NULL);
	assert_non_null(root);
	cell = json_array_get(json_object_get(root, "cells"), 0);
	interval = json_object_get(cell, "interval_95");
	assert_string_equal(json_string_value(json_object_get(cell, "cell")), "x/t");
	assert_near(json_real_value(json_object_get(cell, "ratio")), 1.2, 0.001);
	assert_true(json_real_value(json_array_get(interval, 0)) < 1.2);
	assert_true(json_real_value(json_array_get(interval, 1)) > 1.2);
	assert_int_equal(json_integer_value(json_object_get(cell, "boots_a")), 4);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
