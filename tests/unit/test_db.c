/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#include "db_fixture.h"

static void values_come_back_as_they_were(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB)");
	auto_free char *large = mem_new((1 << 20) + 1, 1), *copy = NULL;
	static const char *const texts[] = {"", "'; DROP TABLE t; --", "\"quoted\" \\ %s",
		"\xff\xfe invalid \xc3", "zwei\nZeilen\t", "\xf0\x9f\x98\x80"};
	static const double reals[] = {
		0, -0.0, 1e-300, 0.1, -1.7976931348623157e308, 123456789};
	struct query *put, *get;
	size_t bytes;

	(void)state;
	memset(large, '\'', 1 << 20);
	assert_int_equal(
		query_open(db, "INSERT INTO t VALUES (:i, :r, :s, :b)", &put, NULL), 0);
	for (size_t i = 0; i <= ARRAY_SIZE(texts); i++) {
		query_bind_int(put, ":i", i ? INT64_MIN + (int64_t)i : INT64_MAX);
		query_bind_real(put, ":r", reals[i % ARRAY_SIZE(reals)]);
		query_bind_text(put, ":s", i < ARRAY_SIZE(texts) ? texts[i] : large);
		query_bind_blob(put, ":b", "a\0b", 3);
		assert_int_equal(query_run(put, NULL), 0);
		assert_int_equal(db_changes(db), 1);
	}
	query_close(put);
	assert_int_equal(
		query_open(db, "SELECT i, r, s, b FROM t ORDER BY rowid", &get, NULL), 0);
	for (size_t i = 0; i <= ARRAY_SIZE(texts); i++) {
		double real = reals[i % ARRAY_SIZE(reals)];

		assert_int_equal(query_step(get, NULL), 1);
		assert_true(query_int(get, 0) == (i ? INT64_MIN + (int64_t)i : INT64_MAX));
		assert_true(query_real(get, 1) == real);
		assert_string_equal(
			query_text(get, 2), i < ARRAY_SIZE(texts) ? texts[i] : large);
		assert_memory_equal(query_blob(get, 3, &bytes), "a\0b", 3);
		assert_int_equal(bytes, 3);
	}
	copy = query_text_dup(get, 2);
	assert_int_equal(query_step(get, NULL), 0);
	query_close(get);
	db_close(db);
	assert_int_equal(strlen(copy), 1 << 20);
}

static void nothing_is_null(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (s TEXT, b BLOB)");
	struct query *query;
	size_t bytes = 7;

	(void)state;
	assert_int_equal(query_open(db, "INSERT INTO t VALUES (:s, :b)", &query, NULL), 0);
	query_bind_text(query, ":s", NULL);
	query_bind_blob(query, ":b", NULL, 0);
	assert_int_equal(query_run(query, NULL), 0);
	query_close(query);
	assert_int_equal(query_open(db, "SELECT s, b FROM t", &query, NULL), 0);
	assert_int_equal(query_step(query, NULL), 1);
	assert_null(query_text(query, 0));
	assert_null(query_text_dup(query, 0));
	assert_null(query_blob(query, 1, &bytes));
	assert_int_equal(bytes, 0);
	assert_int_equal(query_int(query, 0), 0);
	query_close(query);
	query_close(NULL);
	db_close(db);
	db_close(NULL);
}

static const struct {
	const char *name, *sql;
	int code;
} bad[] = {
	{"no such table", "SELECT * FROM nowhere", -EIO},
	{"no SQL", "FLEE", -EIO},
	{"a doubled key", "INSERT INTO t VALUES (1, 'again', 1)", -EEXIST},
	{"a missing value", "INSERT INTO t VALUES (2, NULL, 1)", -EEXIST},
	{"a text for a number", "INSERT INTO t VALUES (2, 'x', 'y')", -EEXIST},
	{"a row of a table that has none", "INSERT INTO u VALUES (77)", -EEXIST},
};

static void test_bad(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root,
		"CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT NOT NULL, n INTEGER) STRICT;"
		"CREATE TABLE u (t INTEGER REFERENCES t (id)); INSERT INTO t VALUES (1, 'x', "
		"1)");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = ERR_INIT;
		int r = db_exec(db, bad[i].sql, &err);

		if (r != bad[i].code || !strstr(err.text, "/t.db: "))
			fail_msg("%s: %d %s", bad[i].name, r, err.text);
	}
	db_close(db);
}

static void a_bind_that_fails_is_told_by_the_step(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (n INTEGER)");
	struct query *query;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(query_open(db, "INSERT INTO t VALUES (:n)", &query, NULL), 0);
	query_bind_int(query, ":n", 1);
	query_bind_int(query, ":m", 1);
	assert_int_equal(query_step(query, &err), -EINVAL);
	assert_non_null(strstr(err.text, "cannot bind :m"));
	query_close(query);
	assert_int_equal(count_rows(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
}

static void a_value_that_is_no_number_is_null(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (r REAL NOT NULL)");
	struct query *query;

	(void)state;
	assert_int_equal(query_open(db, "INSERT INTO t VALUES (:r)", &query, NULL), 0);
	query_bind_real(query, ":r", NAN);
	assert_int_equal(query_run(query, NULL), -EEXIST);
	query_bind_real(query, ":r", INFINITY);
	assert_int_equal(query_run(query, NULL), 0);
	query_close(query);
	assert_int_equal(count_rows(db, "SELECT r = 9e999 FROM t"), 1);
	db_close(db);
}

static void one_row_is_exactly_one(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db =
		open_new(root, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (4), (5)");
	static const struct {
		const char *sql;
		int code;
		int64_t id;
	} rows[] = {
		{"SELECT n FROM t WHERE n = 5", 0, 5},
		{"SELECT n FROM t", -ESTALE, -1},
		{"SELECT n FROM t WHERE n = 6", -ESTALE, -1},
		{"INSERT INTO t VALUES (9) RETURNING n", 0, 9},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_query struct query *query = NULL;
		struct err err = ERR_INIT;
		int64_t id = -1;

		assert_int_equal(query_open(db, rows[i].sql, &query, &err), 0);
		assert_int_equal(query_run_id(query, &id, &err), rows[i].code);
		assert_int_equal(id, rows[i].id);
	}
	assert_int_equal(db_last_id(db), 3);
	db_close(db);
}

static void add_up(struct query *row, void *to)
{
	*(int64_t *)to = *(int64_t *)to * 10 + query_int(row, 0);
}

static void each_row_of_an_id_is_read_in_order(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(
		root, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (6), (5), (4), (3)");
	static const struct {
		const char *sql;
		int code;
		int64_t sum;
	} rows[] = {
		{"SELECT n FROM t WHERE n > :id ORDER BY n", 0, 456},
		{"SELECT n FROM t WHERE n > :id + 9", 0, 0},
		{"SELECT n FROM t", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = ERR_INIT;
		int64_t sum = 0;

		assert_int_equal(
			query_each(db, rows[i].sql, 3, add_up, &sum, &err), rows[i].code);
		assert_int_equal(sum, rows[i].sum);
	}
	db_close(db);
}

static void a_transaction_is_all_or_nothing(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (n INTEGER PRIMARY KEY)");

	(void)state;
	db_rollback(db);
	assert_int_equal(db_begin(db, NULL), 0);
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", NULL), 0);
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", NULL), -EEXIST);
	db_rollback(db);
	db_rollback(db);
	assert_int_equal(count_rows(db, "SELECT count(*) FROM t"), 0);
	assert_int_equal(db_begin(db, NULL), 0);
	assert_true(db_begin(db, NULL) < 0);
	assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", NULL), 0);
	assert_int_equal(db_commit(db, NULL), 0);
	assert_int_equal(count_rows(db, "SELECT count(*) FROM t"), 1);
	db_close(db);
}

static void what_was_not_committed_is_gone_after_a_crash(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *db;
	pid_t child;
	int status;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		db = open_new(root, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)");
		db_begin(db, NULL);
		db_exec(db, "INSERT INTO t VALUES (2)", NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	db = open_new(root, "");
	assert_int_equal(count_rows(db, "SELECT sum(n) FROM t"), 1);
	db_close(db);
}

/* SQLite waits 10 s for a lock, so the test asks for less through the pragma. */
static void a_lock_of_another_is_told(void **state)
{
	auto_scratch char *root = scratch_make();
	struct db *one = open_new(root, "CREATE TABLE t (n INTEGER)");
	struct db *two = open_new(root, "PRAGMA busy_timeout = 20");
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(db_begin(one, NULL), 0);
	assert_int_equal(db_begin(two, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another kvmperf is working on it"));
	assert_int_equal(count_rows(two, "SELECT count(*) FROM t"), 0); /* reading is free */
	assert_int_equal(db_commit(one, NULL), 0);
	assert_int_equal(db_begin(two, &err), 0);
	db_close(two);
	db_close(one);
}

static void only_a_lazy_commit_does_not_wait_for_the_disk(void **state)
{
	enum { NORMAL = 1, FULL = 2 };
	auto_scratch char *root = scratch_make();
	struct db *db = open_new(root, "CREATE TABLE t (i INTEGER)");
	static const char waits[] = "PRAGMA synchronous";

	(void)state;
	for (int committed = 0; committed < 2; committed++) {
		assert_int_equal(db_begin_lazy(db, NULL), 0);
		assert_int_equal(count_rows(db, waits), NORMAL);
		assert_int_equal(db_exec(db, "INSERT INTO t VALUES (1)", NULL), 0);
		if (committed)
			assert_int_equal(db_commit(db, NULL), 0);
		else
			db_rollback(db);
		assert_int_equal(count_rows(db, waits), FULL);
		assert_int_equal(count_rows(db, "SELECT count(*) FROM t"), committed);
	}
	assert_int_equal(db_begin(db, NULL), 0);
	assert_true(db_begin_lazy(db, NULL) < 0); /* no transaction within another */
	assert_int_equal(count_rows(db, waits), FULL);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_were),
		cmocka_unit_test(only_a_lazy_commit_does_not_wait_for_the_disk),
		cmocka_unit_test(nothing_is_null),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(a_bind_that_fails_is_told_by_the_step),
		cmocka_unit_test(a_value_that_is_no_number_is_null),
		cmocka_unit_test(one_row_is_exactly_one),
		cmocka_unit_test(each_row_of_an_id_is_read_in_order),
		cmocka_unit_test(a_transaction_is_all_or_nothing),
		cmocka_unit_test(what_was_not_committed_is_gone_after_a_crash),
		cmocka_unit_test(a_lock_of_another_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
