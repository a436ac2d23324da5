/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/pack.h"

#include <errno.h>
#include <sys/stat.h>

#include "scratch.h"

#include "io/hash.h"
#include "string/strv.h"
#include "sys/proc.h"

static void put(const char *folder, const char *name, const char *text, unsigned mode)
{
	auto_free char *path = mem_printf("%s/%s", folder, name);

	scratch_write(path, text);
	assert_int_equal(chmod(path, mode), 0);
}

/* The order in which files are made must not show. */
static char *make_tree(const char *folder, bool backwards)
{
	char *tree = mem_printf("%s/tree%d", folder, backwards);
	auto_free char *inner = mem_printf("%s/a", tree), *out = mem_printf("%s/out", tree);
	auto_free char *link_path = mem_printf("%s/link", tree),
		       *up = mem_printf("%s/up", tree);

	assert_int_equal(fs_make_folder(inner, NULL), 0);
	put(inner, backwards ? "2" : "1", backwards ? "two" : "one", backwards ? 0644 : 0755);
	put(inner, backwards ? "1" : "2", backwards ? "one" : "two", backwards ? 0755 : 0644);
	assert_int_equal(symlink("a/1", link_path), 0);
	assert_int_equal(symlink("/etc/passwd", out), 0);
	assert_int_equal(symlink("../x", up), 0);
	return tree;
}

static void add_line(const char *line, void *data)
{
	strv_add(data, line);
}

/* What the machine's own tar makes of it. */
static void list(const char *archive, struct strv *ret)
{
	auto_strv struct strv argv = STRV_INIT;
	struct proc_spec spec = PROC_SPEC_INIT;
	struct proc_end end;

	strv_add(&argv, "tar");
	strv_add(&argv, "-tzf");
	strv_add(&argv, archive);
	spec.argv = &argv;
	spec.limit_ms = 60 * 1000;
	spec.on_line = add_line;
	spec.data = ret;
	assert_int_equal(proc_run(&spec, &end, NULL), 0);
	assert_int_equal(end.exit_status, 0);
}

static void test_content(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *tree = make_tree(folder, false), *names = NULL;
	auto_free char *archive = mem_printf("%s/x.tar.gz", folder);
	auto_strv struct strv lines = STRV_INIT;

	(void)state;
	assert_int_equal(pack_folder(tree, archive, NULL), 0);
	list(archive, &lines);
	names = strv_join(&lines, " ");
	assert_string_equal(names, "a/ a/1 a/2 link");
}

static void test_equal(void **state)
{
	auto_scratch char *folder = scratch_make();
	char hashes[2][HASH_HEX_BYTES];

	(void)state;
	for (int i = 0; i < 2; i++) {
		auto_free char *tree = make_tree(folder, i);
		auto_free char *archive = mem_printf("%s/%d.tar.gz", folder, i);

		assert_int_equal(pack_folder(tree, archive, NULL), 0);
		assert_int_equal(hash_file(archive, hashes[i], NULL), 0);
	}
	assert_string_equal(hashes[0], hashes[1]);
}

static void test_missing(void **state)
{
	auto_scratch char *folder = scratch_make();
	auto_free char *archive = mem_printf("%s/x.tar.gz", folder);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(pack_folder("/nowhere", archive, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nowhere"));
	assert_false(fs_exists(archive));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"folders, files and links that stay inside are packed", test_content, NULL,
			NULL, NULL},
		{"equal content gives equal bytes", test_equal, NULL, NULL, NULL},
		{"a folder that is not there is named", test_missing, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
