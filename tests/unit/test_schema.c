/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/schema.h"

#include <errno.h>
#include <sys/wait.h>

#include "scratch.h"

static int64_t number(struct db *db, const char *sql)
{
	auto_query struct query *query = NULL;

	assert_int_equal(query_open(db, sql, &query, NULL), 0);
	assert_int_equal(query_step(query, NULL), 1);
	return query_int(query, 0);
}

static struct db *open_at(const char *root)
{
	auto_free char *path = mem_printf("%s/t.db", root);
	struct err err = ERR_INIT;
	struct db *db = NULL;

	if (db_open(path, true, &db, &err) < 0)
		fail_msg("%s", err.text);
	return db;
}

static void a_new_database_gets_the_newest_schema(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_at(root);
	struct err err = ERR_INIT;
	int64_t version;

	(void)state;
	assert_int_equal(schema_apply(db, "t.db", &err), 0);
	version = number(db, "PRAGMA user_version");
	assert_true(version >= 1);
	assert_int_equal(number(db, "SELECT count(*) FROM samples"), 0);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(
		number(db,
			"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql "
			"NOT LIKE '%STRICT%' AND name NOT LIKE 'sqlite_%'"),
		0);
	assert_int_equal(schema_apply(db, "t.db", &err), 0); /* once more changes nothing */
	assert_int_equal(number(db, "PRAGMA user_version"), version);
	db_close(db);
}

static void a_newer_schema_is_refused(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_at(root);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(db_exec(db, "PRAGMA user_version = 4711", &err), 0);
	assert_int_equal(schema_apply(db, "t.db", &err), -EPROTO);
	assert_non_null(
		strstr(err.text, "database t.db has schema 4711, this program knows up"));
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 0);
	db_close(db);
}

static void an_upgrade_that_fails_leaves_the_file_as_it_was(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_at(root);
	struct err err = ERR_INIT;

	(void)state;
	/* One of the later tables is there already. */
	assert_int_equal(db_exec(db, "CREATE TABLE samples (n INTEGER)", &err), 0);
	assert_true(schema_apply(db, "t.db", &err) < 0);
	assert_non_null(strstr(err.text, "upgrading with schema/0001"));
	assert_non_null(strstr(err.text, "samples already exists"));
	assert_int_equal(number(db, "PRAGMA user_version"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 1);
	db_close(db);
}

static void open_and_apply(const char *root)
{
	struct db *db = open_at(root);
	struct err err = ERR_INIT;
	int r = schema_apply(db, "t.db", &err);

	if (r < 0)
		fprintf(stderr, "# %s\n", err.text);
	db_close(db);
	_exit(r < 0);
}

/* Holds the write lock until the others have found the database new. */
static void hold_back(const char *root, const char *begun)
{
	struct db *db = open_at(root);

	db_begin(db, NULL);
	scratch_write(begun, "");
	usleep(300000);
	_exit(db_commit(db, NULL) < 0);
}

/*
 * Programs that start at once all find it new, and one makes it. Children only:
 * SQLite's picture of its locks does not survive a fork.
 */
static void programs_that_start_at_once_agree(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *begun = mem_printf("%s/begun", root);
	int status, failed = 0;
	struct db *db;

	(void)state;
	fflush(NULL);
	if (fork() == 0)
		hold_back(root, begun);
	for (int i = 0; i < 1000 && !fs_exists(begun); i++)
		usleep(10000);
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			open_and_apply(root);
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		failed += status != 0;
	}
	assert_int_equal(failed, 0);
	db = open_at(root);
	assert_true(number(db, "PRAGMA user_version") >= 1);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_database_gets_the_newest_schema),
		cmocka_unit_test(a_newer_schema_is_refused),
		cmocka_unit_test(an_upgrade_that_fails_leaves_the_file_as_it_was),
		cmocka_unit_test(programs_that_start_at_once_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
