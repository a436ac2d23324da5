/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/at.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#include "base/mem.h"
#include "sys/fs.h"

struct place {
	char *folder;
	int fd;
};

static int place_open(void **state)
{
	struct place *place = MEM_NEW(struct place, 1);

	place->folder = mem_strdup("/tmp/kvmperf-test-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->fd = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(place->fd >= 0);
	*state = place;
	return 0;
}

static int place_close(void **state)
{
	struct place *place = *state;

	close(place->fd);
	fs_remove_tree(place->folder, NULL);
	free(place->folder);
	free(place);
	return 0;
}

static void assert_content(int fd, const char *name, const char *expected, bool executable)
{
	auto_free char *data = NULL;
	size_t size_bytes;
	bool is_executable;

	assert_int_equal(at_read_file(fd, name, 100, &data, &size_bytes, &is_executable), 0);
	assert_string_equal(data, expected);
	assert_int_equal(size_bytes, strlen(expected));
	assert_int_equal(is_executable, executable);
}

static void test_files(void **state)
{
	const struct place *place = *state;
	auto_free char *data = NULL;
	size_t size_bytes;
	bool executable;

	assert_int_equal(at_write_file(place->fd, "a", false, "one", 3), 0);
	assert_int_equal(at_write_file(place->fd, "x", true, "", 0), 0);
	assert_content(place->fd, "a", "one", false);
	assert_content(place->fd, "x", "", true);
	assert_int_equal(at_write_file(place->fd, "a", false, "two", 3), -EEXIST);
	assert_content(place->fd, "a", "one", false);
	assert_int_equal(
		at_read_file(place->fd, "a", 2, &data, &size_bytes, &executable), -EFBIG);
	assert_int_equal(
		at_read_file(place->fd, "none", 2, &data, &size_bytes, &executable), -ENOENT);
	assert_int_equal(
		at_read_file(place->fd, ".", 100, &data, &size_bytes, &executable), -EINVAL);
}

static void test_fifo_does_not_block(void **state)
{
	const struct place *place = *state;
	auto_free char *data = NULL;
	size_t size_bytes;
	bool executable;

	assert_int_equal(mkfifoat(place->fd, "fifo", 0600), 0);
	assert_int_equal(
		at_read_file(place->fd, "fifo", 100, &data, &size_bytes, &executable), -EINVAL);
}

static void test_links(void **state)
{
	const struct place *place = *state;
	auto_free char *data = NULL;
	size_t size_bytes;
	bool executable;
	char target[8] = "";

	assert_int_equal(at_write_file(place->fd, "a", false, "one", 3), 0);
	assert_int_equal(at_write_link(place->fd, "l", "a", 1), 0);
	assert_int_equal(readlinkat(place->fd, "l", target, sizeof(target)), 1);
	assert_string_equal(target, "a");
	assert_int_equal(at_write_link(place->fd, "m", "", 0), -EINVAL);
	assert_int_equal(at_write_link(place->fd, "m", "a\0b", 3), -EINVAL);
	assert_int_equal(
		at_read_file(place->fd, "l", 100, &data, &size_bytes, &executable), -ELOOP);
	assert_int_equal(at_write_file(place->fd, "l", false, "x", 1), -EEXIST);
	assert_int_equal(at_remove(place->fd, "l"), 0);
	assert_content(place->fd, "a", "one", false);
}

static void test_remove(void **state)
{
	const struct place *place = *state;
	auto_close int outer = -1, inner = -1;

	assert_int_equal(at_write_file(place->fd, "kept", false, "k", 1), 0);
	assert_int_equal(at_enter(place->fd, "d", &outer), 0);
	assert_int_equal(at_enter(outer, "e", &inner), 0);
	assert_int_equal(at_write_file(inner, "f", false, "f", 1), 0);
	assert_int_equal(at_write_link(inner, "up", "../..", 5), 0);
	assert_int_equal(at_remove(place->fd, "d"), 0);
	assert_int_equal(faccessat(place->fd, "d", F_OK, AT_SYMLINK_NOFOLLOW), -1);
	assert_content(place->fd, "kept", "k", false);
	assert_int_equal(at_remove(place->fd, "d"), 0);
}

static void test_enter_replaces(void **state)
{
	const struct place *place = *state;
	auto_close int file = -1, link = -1, outside = -1, again = -1;

	assert_int_equal(at_enter(place->fd, "outside", &outside), 0);
	assert_int_equal(at_write_file(place->fd, "file", false, "x", 1), 0);
	assert_int_equal(at_write_link(place->fd, "link", "outside", 7), 0);
	assert_int_equal(at_enter(place->fd, "file", &file), 0);
	assert_int_equal(at_enter(place->fd, "link", &link), 0);
	assert_int_equal(at_write_file(link, "x", false, "x", 1), 0);
	assert_int_equal(faccessat(outside, "x", F_OK, 0), -1);
	assert_int_equal(at_enter(place->fd, "link", &again), 0);
	assert_content(again, "x", "x", false);
}

#define PLACE place_open, place_close, NULL

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"files are written once and read", test_files, PLACE},
		{"a fifo is no file and does not block", test_fifo_does_not_block, PLACE},
		{"links are written and never followed", test_links, PLACE},
		{"a folder goes with all that is in it, and nothing else", test_remove, PLACE},
		{"a folder takes the place of a file or a link", test_enter_replaces, PLACE},
	};

	return cmocka_run_group_tests_name("at", tests, NULL, NULL);
}
