/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/mem.h"
#include "io/db.h"
#include "store/hosts.h"
#include "store/schema.h"
#include "string/str.h"

static struct db *make_store(int64_t *ret_id)
{
	struct err err = ERR_INIT;
	struct db *db = NULL;

	if (db_open(":memory:", true, &db, &err) < 0 || schema_apply(db, "memory", &err) < 0 ||
		db_exec(db,
			"INSERT INTO hosts (name, driver, emulated) VALUES ('altra', 'ssh', 0)",
			&err) < 0 ||
		host_find(db, "altra", ret_id, &err) < 0)
		fail_msg("%s", err.text);
	return db;
}

static char *health(struct db *db)
{
	auto_query struct query *query = NULL;

	assert_int_equal(query_open(db, "SELECT health || ': ' || health_reason FROM hosts",
				 &query, NULL),
		0);
	assert_int_equal(query_step(query, NULL), 1);
	return query_text_dup(query, 0);
}

static void assert_health(struct db *db, const char *want)
{
	auto_free char *now = health(db);

	assert_string_equal(now, want);
}

static void tell(int64_t unix_ms, const char *what, const char *text, void *data)
{
	str_addf(data, "%d %s %s\n", (int)unix_ms, what, text);
}

static void a_host_goes_into_quarantine_and_comes_out_by_hand(void **state)
{
	auto_str struct str story = STR_INIT;
	struct err err = ERR_INIT;
	int64_t id;
	struct db *db = make_store(&id);

	(void)state;
	assert_int_equal(host_release(db, id, "why not", 1, &err), -EINVAL);
	assert_int_equal(host_checked(db, id, "8 CPUs", "a", 900, 2, NULL), 0);
	assert_health(db, "ok: 8 CPUs");
	assert_int_equal(host_quarantine(db, id, "it drifts", 3, NULL), 0);
	assert_int_equal(host_checked(db, id, "8 CPUs", "a", 900, 4, NULL), 0);
	assert_health(db, "quarantined: it drifts");
	assert_int_equal(host_rescued(db, id, "golden is back", 5, NULL), 0);
	assert_int_equal(host_release(db, id, "new fan", 6, NULL), 0);
	assert_health(db, "unknown: new fan");
	assert_int_equal(host_story(db, id, tell, &story, NULL), 0);
	assert_string_equal(str_text(&story),
		"2 check 8 CPUs\n3 quarantine it drifts\n4 check 8 CPUs\n"
		"5 rescue golden is back\n6 release new fan\n");
	db_close(db);
}

static void assert_known(struct db *db, int64_t id, const char *identity, int64_t score_us)
{
	auto_free char *known = NULL;
	int64_t known_us;

	assert_int_equal(host_known(db, id, &known, &known_us, NULL), 0);
	if (identity)
		assert_string_equal(known, identity);
	else
		assert_null(known);
	assert_int_equal(known_us, score_us);
}

static void what_a_host_is_its_first_check_says(void **state)
{
	int64_t id;
	struct db *db = make_store(&id);

	(void)state;
	assert_known(db, id, NULL, 0);
	assert_int_equal(host_checked(db, id, "fit", "8 CPUs", 0, 1, NULL), 0);
	assert_known(db, id, "8 CPUs", 0);
	assert_int_equal(host_checked(db, id, "fit", "9 CPUs", 900, 2, NULL), 0);
	assert_known(db, id, "8 CPUs", 900);
	assert_int_equal(host_checked(db, id, "fit", "9 CPUs", 901, 3, NULL), 0);
	assert_known(db, id, "8 CPUs", 900);
	assert_int_equal(host_quarantine(db, id, "it changed", 4, NULL), 0);
	assert_int_equal(host_release(db, id, "one CPU more", 5, NULL), 0);
	assert_known(db, id, NULL, 0);
	db_close(db);
}

static void a_host_that_nobody_knows_is_named(void **state)
{
	struct err err = ERR_INIT;
	int64_t id;
	struct db *db = make_store(&id);

	(void)state;
	assert_int_equal(host_find(db, "max", &id, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no host \"max\""));
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_goes_into_quarantine_and_comes_out_by_hand),
		cmocka_unit_test(what_a_host_is_its_first_check_says),
		cmocka_unit_test(a_host_that_nobody_knows_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
