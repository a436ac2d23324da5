/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/changepoints.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "support.h"

#define WORDS_MAX 8

static const char steps[] =
	"commit,time\nab1,100\nab2,101\nab3,100\nab4,\nab5,101\nab6,100\n"
	"ab7,121\nab8,120\nab9,121\nac1,120\nac2,121\n";

static const struct {
	const char *name;
	const char *file; /* its content; NULL: there is none */
	const char *words[WORDS_MAX];
	int status;
	const char *out, *err; /* parts of what is printed; NULL: nothing is */
} rows[] = {
	{"a step is found at its row and line", steps, {"@"}, 0,
		"       6        8        100.399        120.599    +20.12 %", NULL},
	{"columns of text are not series", steps, {"@"}, 0, "time: 10 values, 1 change point\n",
		NULL},
	{"a column by name", steps, {"--column", "time", "@"}, 0, "time: 10 values", NULL},
	{"compat mode uses raw means", steps, {"--mode", "compat", "@"}, 0,
		"100.4          120.6    +20.12 %", NULL},
	{"a change may be too small", steps, {"--min-magnitude", "0.3", "@"}, 0,
		"time: 10 values, 0 change points\n", NULL},
	{"nothing is found in a constant series", "v\n1\n1\n1\n1\n1\n1\n1\n", {"@"}, 0,
		"v: 7 values, 0 change points", NULL},
	{"one value is a series", "5\n", {"@"}, 0, "1: 1 values, 0 change points", NULL},
	{"zero has no logarithm", "v\n1\n0\n", {"@"}, 1, NULL,
		":3: column v is 0, but native mode"},
	{"but a mean", "v\n1\n0\n", {"--mode", "compat", "@"}, 0, "v: 2 values", NULL},
	{"one bad column does not hide another", "a,b\n-1,1\n1,1\n", {"@"}, 0, "b: 2 values",
		":2: column a is -1, but native mode takes logarithms (try --mode compat); the "
		"column is left out"},
	{"NaN names its line", "v\n1\n2\nnan\n", {"@"}, 1, NULL,
		":4: column v is \"nan\", expected a finite number"},
	{"infinite names its line", "v\n1\n2\n-inf\n", {"--mode", "compat", "@"}, 1, NULL,
		":4: column"},
	{"a broken cell names its line", "v\n1\n2\n3 ms\n", {"@"}, 1, NULL,
		":4: column v is \"3 ms\""},
	{"a broken row names its line", "a,b\n1,2\n3\n", {"@"}, 1, NULL,
		":3: 1 fields, expected 2"},
	{"an empty file", "", {"@"}, 1, NULL, "there is no row of values"},
	{"a header alone", "a,b\n", {"@"}, 1, NULL, "there is no row of values"},
	{"no numbers at all", "a,b\nx,y\n", {"@"}, 1, NULL, "no column holds numbers"},
	{"an unknown column", steps, {"--column", "tim", "@"}, 1, NULL,
		"there is no column tim"},
	{"a missing file", NULL, {"/nonexistent/x.csv"}, 1, NULL,
		"cannot read /nonexistent/x.csv"},
	{"no file named", NULL, {NULL}, 2, NULL, "expected 1 words"},
	{"a wrong mode", steps, {"--mode", "best", "@"}, 2, NULL,
		"expected one of native, compat"},
	{"a p that is no number", steps, {"--max-pvalue", "1%", "@"}, 2, NULL,
		"--max-pvalue 1%"},
	{"a p above 1", steps, {"--max-pvalue", "1.5", "@"}, 2, NULL,
		"a largest p-value of 1.5"},
	{"a negative magnitude", steps, {"--min-magnitude", "-1", "@"}, 2, NULL,
		"smallest change"},
	{"a window without calibration", steps, {"--window", "60", "@"}, 2, NULL,
		"expected 6 to 50 in native mode"},
	{"which compat mode takes", steps, {"--window", "60", "--mode", "compat", "@"}, 0,
		"1 change point\n", NULL},
	{"an unknown option", steps, {"--windows=3", "@"}, 2, NULL, "is not an option"},
	{"help", NULL, {"--help"}, 0, "usage: kvmperf changepoints", NULL},
	{"a title cannot steer the terminal", "\033[2J,b\n", {"@"}, 1, NULL, "no row"},
	{"nor when it is printed", "\033[2Jt\n1\n", {"@"}, 0, "?[2Jt: 1 values", NULL},
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
static int run(const char *const *words, const char *path, char *out, char *err, size_t size)
{
	char *argv[WORDS_MAX + 2] = {(char[]){"changepoints"}};
	int saved[2] = {dup(1), dup(2)}, to[2], argc = 1, status;

	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = mem_strdup(strcmp(words[argc - 1], "@") ? words[argc - 1] : path);
	for (int i = 0; i < 2; i++) {
		to[i] = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		assert_true(to[i] >= 0);
		fflush(i ? stderr : stdout);
		dup2(to[i], i + 1);
	}
	status = cmd_changepoints(argc, argv);
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

static void test_rows(void **state)
{
	char path[] = "/tmp/changepoints-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char out[8192], err[2048];
		int status;

		if (rows[i].file)
			write_file(path, rows[i].file);
		status = run(rows[i].words, path, out, err, sizeof(err));
		if (status != rows[i].status || !holds(out, rows[i].out) ||
			!holds(err, rows[i].err))
			fail_msg("%s: status %d, out \"%s\", err \"%s\"", rows[i].name, status,
				out, err);
	}
	unlink(path);
}

static void test_json(void **state)
{
	static const char *const words[WORDS_MAX] = {"--format", "json", "@"};
	char path[] = "/tmp/changepoints-XXXXXX", out[8192], err[8192];
	int fd = mkstemp(path);
	json_error_t error;
	json_t *json, *series, *point;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_file(path, "a,b\n-1,100\n1,101\n1,100\n1,120\n1,121\n1,120\n");
	assert_int_equal(run(words, path, out, err, sizeof(out)), 0);
	json = json_loads(out, 0, &error);
	assert_non_null(json);
	assert_string_equal(json_string_value(json_object_get(json, "file")), path);
	assert_string_equal(json_string_value(json_object_get(json, "mode")), "native");
	series = json_object_get(json, "series");
	assert_int_equal(json_array_size(series), 2);
	assert_non_null(json_object_get(json_array_get(series, 0), "skipped"));
	point = json_array_get(json_object_get(json_array_get(series, 1), "change_points"), 0);
	assert_int_equal(json_integer_value(json_object_get(point, "index")), 3);
	assert_int_equal(json_integer_value(json_object_get(point, "line")), 5);
	assert_near(json_real_value(json_object_get(point, "before")), 100.332, 1e-3);
	assert_near(json_real_value(json_object_get(point, "after")), 120.332, 1e-3);
	assert_near(json_real_value(json_object_get(point, "percent")), 19.934, 1e-3);
	assert_true(json_real_value(json_object_get(point, "p_value")) < 0.001);
	json_decref(json);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
