/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "db_fixture.h"

static void a_full_database_says_what_to_do(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (b BLOB); PRAGMA max_page_count = 10");
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		db_exec(db, "INSERT INTO t VALUES (zeroblob(1000000))", &err), -ENOSPC);
	assert_non_null(strstr(err.text, "free some space and start again"));
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", &err), 0);
	db_close(db);
}

/* Opens a file of this content. */
static int open_text(const char *text, struct err *err)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/t.db", root);
	struct db *db = NULL;
	int r;

	scratch_write(path, text);
	r = db_open(path, true, &db, err);
	db_close(db);
	return r;
}

static void what_is_no_database_is_refused(void **state)
{
	struct err err = ERR_INIT;
	struct db *db = NULL;

	(void)state;
	assert_int_equal(open_text("[plan]\nname = dirty-log, and more than a hundred bytes of "
				   "text, so that it may be a header\n....................\n",
				 &err),
		-EUCLEAN);
	assert_non_null(strstr(err.text, "is this the right file?"));
	assert_int_equal(open_text("", &err), 0);
	assert_int_equal(db_open("/nonexistent/t.db", true, &db, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent/t.db"));
	assert_int_equal(db_open("/tmp/kvmperf-there-is-none.db", false, &db, &err), -ENOENT);
	assert_null(db);
}

static void a_damaged_file_is_told(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/t.db", root), *noise = mem_new(4096, 1);
	struct db *db = open_new(root,
		"CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT);"
		"WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 2000)"
		"INSERT INTO t SELECT n, 'some text to fill pages with' FROM c");
	struct err err = ERR_INIT;
	int fd, r;

	(void)state;
	db_close(db);
	memset(noise, 0xa5, 4096);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	for (int page = 1; page < 10; page++)
		assert_int_equal(pwrite(fd, noise, 4096, 4096 * page), 4096);
	close(fd);
	r = db_open(path, true, &db, &err);
	if (r == 0) {
		r = db_exec(db, "SELECT sum(length(s)) FROM t", &err);
		db_close(db);
	}
	assert_int_equal(r, -EUCLEAN);
	assert_non_null(strstr(err.text, "restore it from a backup"));
}

/* In a mount namespace of its own, with a tiny file system at the folder. */
static int in_tiny_folder(const char *folder, int (*deed)(const char *folder))
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
			mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
			mount("tiny", folder, "tmpfs", 0, "size=256k") < 0)
			_exit(77);
		_exit(deed(folder));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) != 77)
		return WEXITSTATUS(status);
	printf("# notice: cannot mount here, what a small disk does is not tested\n");
	skip();
	return 0;
}

static int fill_disk(const char *folder)
{
	struct db *db = open_new(folder, "CREATE TABLE t (b BLOB)");
	struct err err = ERR_INIT;
	int r = 0, rows = 0;

	for (; rows < 1000 && r == 0; rows++)
		r = db_exec(db, "INSERT INTO t VALUES (randomblob(5000))", &err);
	if (r != -ENOSPC || !strstr(err.text, "free some space"))
		return 1;
	/* What was stored is there, and no more. */
	return count_rows(db, "SELECT count(*) FROM t") == rows - 1 ? 0 : 2;
}

static int start_on_full_disk(const char *folder)
{
	auto_free char *path = mem_printf("%s/t.db", folder), *fat = mem_printf("%s/f", folder);
	auto_free char *zeros = mem_new(300000, 1);
	struct err err = ERR_INIT;
	struct db *db = NULL;
	int fd = open(fat, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), r;

	while (write(fd, zeros, 300000) > 0)
		;
	close(fd);
	r = db_open(path, true, &db, &err);
	if (r == 0)
		r = db_exec(db, "CREATE TABLE t (n INTEGER)", &err);
	if (r != -ENOSPC)
		fprintf(stderr, "# %d %s\n", r, err.text);
	return r == -ENOSPC ? 0 : 3;
}

static int open_read_only(const char *folder)
{
	auto_free char *path = mem_printf("%s/t.db", folder);
	struct db *db = open_new(folder, "CREATE TABLE t (n INTEGER)");
	struct err err = ERR_INIT;
	int r;

	db_close(db);
	if (mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 4;
	r = db_open(path, true, &db, &err);
	if (r == 0)
		r = db_exec(db, "INSERT INTO t VALUES (1)", &err);
	if (r != -EROFS)
		fprintf(stderr, "# %d %s\n", r, err.text);
	return r == -EROFS && strstr(err.text, "its folder is read-only") ? 0 : 5;
}

static void a_disk_that_fills_up_loses_nothing(void **state)
{
	auto_scratch char *root = scratch_make();

	(void)state;
	assert_int_equal(in_tiny_folder(root, fill_disk), 0);
}

static void a_full_disk_is_told_at_the_start(void **state)
{
	auto_scratch char *root = scratch_make();

	(void)state;
	assert_int_equal(in_tiny_folder(root, start_on_full_disk), 0);
}

static void a_read_only_disk_is_told(void **state)
{
	auto_scratch char *root = scratch_make();

	(void)state;
	assert_int_equal(in_tiny_folder(root, open_read_only), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_database_says_what_to_do),
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(a_damaged_file_is_told),
		cmocka_unit_test(a_disk_that_fills_up_loses_nothing),
		cmocka_unit_test(a_full_disk_is_told_at_the_start),
		cmocka_unit_test(a_read_only_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
