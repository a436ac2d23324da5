/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/cpio.h"
#include "sys/fs.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/kvmperf-cpio-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return fs_remove_tree(folder, NULL);
}

static char *write_archive(const char *name, const char *content)
{
	auto_free char *file = mem_printf("%s/content", folder);
	auto_free char *path = mem_printf("%s/%s", folder, name);
	const struct cpio_entry entries[] = {
		{CPIO_FOLDER, "dev", 0755, NULL, 0, 0},
		{CPIO_CHARACTER, "dev/console", 0600, NULL, 5, 1},
		{CPIO_FILE, "init", 0755, file, 0, 0},
	};
	struct err err = ERR_INIT;

	assert_int_equal(fs_write_atomic(file, content, strlen(content), &err), 0);
	if (cpio_write(path, entries, ARRAY_SIZE(entries), &err) < 0)
		fail_msg("%s", err.text);
	return take_ptr(path);
}

/*
 * One header field of a newc entry: eight hexadecimal digits after the magic
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
static unsigned long field(const char *entry, int number)
{
	char digits[9] = "";

	memcpy(digits, entry + 6 + 8 * number, 8);
	return strtoul(digits, NULL, 16);
}

enum {
	INODE,
	MODE,
	USER,
	GROUP,
	LINKS,
	TIME,
	SIZE,
	MAJOR,
	MINOR,
	RDEV_MAJOR,
	RDEV_MINOR,
	NAME
};

static void the_kernel_finds_what_was_put_in(void **state)
{
	static const struct {
		const char *name;
		unsigned long mode, size, major, minor;
	} want[] = {
		{"dev", 040755, 0, 0, 0},
		{"dev/console", 020600, 0, 5, 1},
		{"init", 0100755, 5, 0, 0},
		{"TRAILER!!!", 0, 0, 0, 0},
	};
	auto_free char *path = write_archive("a.cpio", "hello"), *data = NULL;
	size_t size, at = 0;

	(void)state;
	assert_int_equal(fs_read(path, 1 << 20, &data, &size, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const char *entry = data + at;
		size_t name_end = 110 + strlen(want[i].name) + 1;

		assert_true(at + name_end <= size);
		assert_memory_equal(entry, "070701", 6);
		assert_int_equal(field(entry, NAME), strlen(want[i].name) + 1);
		assert_string_equal(entry + 110, want[i].name);
		if (want[i].mode)
			assert_int_equal(field(entry, MODE), want[i].mode);
		assert_int_equal(field(entry, USER), 0);
		assert_int_equal(field(entry, TIME), 0);
		assert_int_equal(field(entry, SIZE), want[i].size);
		assert_int_equal(field(entry, RDEV_MAJOR), want[i].major);
		assert_int_equal(field(entry, RDEV_MINOR), want[i].minor);
		at += (name_end + 3) & ~3UL;
		if (want[i].size)
			assert_memory_equal(data + at, "hello", 5);
		at += (want[i].size + 3) & ~3UL;
	}
}

static void equal_content_gives_equal_bytes(void **state)
{
	auto_free char *a = write_archive("a.cpio", "same"), *one = NULL, *two = NULL;
	auto_free char *b = NULL;
	size_t one_size, two_size;

	(void)state;
	usleep(1100 * 1000); /* another second, should a time slip in */
	b = write_archive("b.cpio", "same");
	assert_int_equal(fs_read(a, 1 << 20, &one, &one_size, NULL), 0);
	assert_int_equal(fs_read(b, 1 << 20, &two, &two_size, NULL), 0);
	assert_int_equal(one_size, two_size);
	assert_memory_equal(one, two, one_size);
}

static void a_missing_file_leaves_no_archive(void **state)
{
	auto_free char *path = mem_printf("%s/none.cpio", folder);
	auto_free char *fresh = mem_printf("%s.new", path);
	const struct cpio_entry entry = {CPIO_FILE, "init", 0755, "/nonexistent/init", 0, 0};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(cpio_write(path, &entry, 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/init"));
	assert_false(fs_exists(path));
	assert_false(fs_exists(fresh));
}

static void a_missing_folder_is_named(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_true(cpio_write("/nonexistent/x.cpio", NULL, 0, &err) < 0);
	assert_non_null(strstr(err.text, "/nonexistent/x.cpio"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_finds_what_was_put_in),
		cmocka_unit_test(equal_content_gives_equal_bytes),
		cmocka_unit_test(a_missing_file_leaves_no_archive),
		cmocka_unit_test(a_missing_folder_is_named),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
