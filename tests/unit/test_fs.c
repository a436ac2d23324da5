/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "scratch.h"

static void folders_are_made_with_their_parents(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *deep = mem_printf("%s/a/b//c/", root);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(fs_make_folder(deep, &err), 0);
	assert_true(fs_exists(deep));
	assert_int_equal(fs_make_folder(deep, &err), 0);
	assert_int_equal(fs_make_folder("/", &err), 0);
}

static void what_cannot_be_a_folder_is_told(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *file = mem_printf("%s/file", root);
	auto_free char *below = mem_printf("%s/below/deep", file);
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(file, "x");
	assert_int_equal(fs_make_folder(file, &err), -ENOTDIR);
	assert_non_null(strstr(err.text, file));
	assert_int_equal(fs_make_folder(below, &err), -ENOTDIR);
	assert_int_equal(fs_make_folder("", &err), -ENOENT);
	assert_int_equal(fs_make_folder("/proc/nothing", &err), -ENOENT);
}

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/f", root), *text = NULL, *other = NULL;
	struct err err = ERR_INIT;
	size_t bytes = 0;

	(void)state;
	assert_int_equal(fs_write_atomic(path, "a\0b\n", 4, &err), 0);
	assert_int_equal(fs_read(path, 4, &text, &bytes, &err), 0);
	assert_int_equal(bytes, 4);
	assert_memory_equal(text, "a\0b\n", 5);
	assert_int_equal(fs_read(path, 3, &other, NULL, &err), -EFBIG);
	assert_non_null(strstr(err.text, "larger than 3 bytes"));
	assert_int_equal(fs_read("/nonexistent/x", 3, &other, NULL, &err), -ENOENT);
	assert_string_equal(err.text, "cannot read /nonexistent/x: No such file or directory");
	assert_int_equal(fs_read(root, 1000, &other, NULL, &err), -EISDIR);
	assert_null(other);
}

static void files_that_say_they_are_empty_are_read(void **state)
{
	auto_free char *text = NULL, *endless = NULL;
	struct err err = ERR_INIT;
	size_t bytes = 0;

	(void)state;
	assert_int_equal(fs_read("/proc/self/status", 1 << 20, &text, &bytes, &err), 0);
	assert_true(bytes > 100);
	assert_int_equal(fs_read("/dev/zero", 100000, &endless, NULL, &err), -EFBIG);
}

static void an_equal_file_is_left_alone(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/f", root);
	struct stat first, second, third;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(fs_write_atomic(path, "same", 4, &err), 0);
	assert_int_equal(stat(path, &first), 0);
	assert_int_equal(first.st_mode & 0777, 0644);
	assert_int_equal(fs_write_atomic(path, "same", 4, &err), 0);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	assert_int_equal(fs_write_atomic(path, "sane", 4, &err), 0);
	assert_int_equal(stat(path, &third), 0);
	assert_int_not_equal(
		second.st_ino, third.st_ino); /* whoever reads the old one goes on */
}

static size_t entries(const char *folder)
{
	auto_free char *command = mem_printf("ls -A %s | wc -l", folder);
	FILE *pipe = popen(command, "re");
	size_t n = 0;

	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%zu", &n), 1);
	pclose(pipe);
	return n;
}

static void a_write_that_fails_leaves_nothing_behind(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *folder = mem_printf("%s/d", root), *in = mem_printf("%s/no/f", root);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(fs_make_folder(folder, &err), 0);
	assert_true(fs_write_atomic(folder, "x", 1, &err) < 0);
	assert_non_null(strstr(err.text, folder));
	assert_int_equal(fs_write_atomic(in, "x", 1, &err), -ENOENT);
	assert_int_equal(entries(root), 1);
}

/* A limit on file sizes stands for the full disk: write(2) fails in the middle. */
static void a_write_that_is_cut_short_leaves_the_old_file(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/f", root), *text = NULL;
	auto_free char *more = mem_new(1000, 1);
	struct rlimit old, tight;
	struct err err = ERR_INIT;

	(void)state;
	scratch_write(path, "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 100;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_int_equal(fs_write_atomic(path, more, 1000, &err), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(fs_read(path, 10, &text, NULL, &err), 0);
	assert_string_equal(text, "old");
	assert_int_equal(entries(root), 1);
}

static void a_copy_keeps_bytes_and_permissions(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *from = mem_printf("%s/from", root), *to = mem_printf("%s/to", root);
	auto_free char *text = NULL;
	struct err err = ERR_INIT;
	struct stat st;

	(void)state;
	scratch_write(from, "program");
	assert_int_equal(fs_copy_atomic(from, to, &err), 0);
	assert_int_equal(chmod(from, 0755), 0);
	assert_int_equal(
		fs_copy_atomic(from, to, &err), 0); /* equal bytes, other permissions */
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_int_equal(fs_read(to, 100, &text, NULL, &err), 0);
	assert_string_equal(text, "program");
	assert_int_equal(fs_copy_atomic("/nonexistent", to, &err), -ENOENT);
}

static void a_tree_is_removed_but_not_what_it_points_to(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *kept = mem_printf("%s/kept", root), *tree = mem_printf("%s/tree", root);
	auto_free char *file = mem_printf("%s/file", kept), *deep = mem_printf("%s/a/b", tree);
	auto_free char *link = mem_printf("%s/a/link", tree);
	auto_free char *dangling = mem_printf("%s/dangling", root);
	struct err err = ERR_INIT;

	(void)state;
	fs_make_folder(kept, NULL);
	fs_make_folder(deep, NULL);
	scratch_write(file, "x");
	assert_int_equal(symlink(kept, link), 0);
	assert_int_equal(symlink("/nonexistent", dangling), 0);
	assert_true(fs_exists(dangling));
	assert_int_equal(fs_remove_tree(dangling, &err), 0);
	assert_int_equal(fs_remove_tree(tree, &err), 0);
	assert_false(fs_exists(tree));
	assert_true(fs_exists(file));
	assert_int_equal(fs_remove_tree(tree, &err), 0);
	assert_int_equal(fs_remove_tree(file, &err), 0);
	assert_false(fs_exists(file));
}

static void places_have_absolute_paths_and_room(void **state)
{
	auto_free char *path = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(fs_absolute("/tmp/../usr/./bin", &path, &err), 0);
	assert_string_equal(path, "/usr/bin");
	assert_int_equal(fs_absolute("/nonexistent", &path, &err), -ENOENT);
	assert_true(fs_free_bytes("/tmp") > 0);
	assert_int_equal(fs_free_bytes("/nonexistent"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_made_with_their_parents),
		cmocka_unit_test(what_cannot_be_a_folder_is_told),
		cmocka_unit_test(a_file_is_read_whole_up_to_its_limit),
		cmocka_unit_test(files_that_say_they_are_empty_are_read),
		cmocka_unit_test(an_equal_file_is_left_alone),
		cmocka_unit_test(a_write_that_fails_leaves_nothing_behind),
		cmocka_unit_test(a_write_that_is_cut_short_leaves_the_old_file),
		cmocka_unit_test(a_copy_keeps_bytes_and_permissions),
		cmocka_unit_test(a_tree_is_removed_but_not_what_it_points_to),
		cmocka_unit_test(places_have_absolute_paths_and_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
