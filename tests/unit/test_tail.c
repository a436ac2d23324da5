/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <unistd.h>

#include "base/mem.h"
#include "sys/tail.h"

static char path[64];

static int make_file(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/kvmperf-tail-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void append(const char *text)
{
	FILE *file = fopen(path, "ae");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void only_what_came_after_the_mark_is_read(void **state)
{
	auto_free char *text = NULL, *none = NULL;
	struct err err = ERR_INIT;
	int64_t mark;
	size_t bytes;

	(void)state;
	append("before\n");
	mark = tail_mark(path);
	assert_int_equal(tail_read(path, mark, 100, &none, &bytes, &err), 0);
	assert_int_equal(bytes, 0);
	append("after\n");
	assert_int_equal(tail_read(path, mark, 100, &text, &bytes, &err), 0);
	assert_string_equal(text, "after\n");
	assert_int_equal(bytes, 6);
}

static void of_too_much_the_end_is_kept(void **state)
{
	auto_free char *text = NULL;
	struct err err = ERR_INIT;

	(void)state;
	append("0123456789");
	assert_int_equal(tail_read(path, 0, 4, &text, NULL, &err), 0);
	assert_string_equal(text, "6789");
}

static void a_file_that_shrank_or_is_missing_has_nothing_new(void **state)
{
	auto_free char *shrunk = NULL, *missing = NULL;
	struct err err = ERR_INIT;
	size_t bytes = 1;

	(void)state;
	assert_int_equal(tail_read(path, 1 << 20, 4, &shrunk, &bytes, &err), 0);
	assert_int_equal(bytes, 0);
	assert_int_equal(tail_mark("/nonexistent/x"), 0);
	assert_int_equal(tail_read("/nonexistent/x", 0, 4, &missing, &bytes, &err), 0);
	assert_string_equal(missing, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_came_after_the_mark_is_read),
		cmocka_unit_test(of_too_much_the_end_is_kept),
		cmocka_unit_test(a_file_that_shrank_or_is_missing_has_nothing_new),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
