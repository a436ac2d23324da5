/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/record.h"

#include <errno.h>
#include <math.h>

#include "store_fixture.h"

/* A store whose comparison is pinned to a test binary. */
static void open_pinned(struct store *s)
{
	int64_t test = 0;

	store_open(s);
	must(test_store(s->db, "abc", "/t", "a", 1, &test, &store_err));
	must(run_pin_test(s->db, &s->run, test, &store_err));
}

static int64_t measured(struct store *s, char side, double value)
{
	int64_t id = store_boot(s, side, 100);

	store_process(s, id, 1, value);
	store_boot_good(s, id, 200);
	return id;
}

static double value_of(struct store *s, int64_t boot)
{
	auto_query struct query *query = NULL;

	must(query_open(s->db,
		"SELECT v.log_value FROM boot_values v JOIN series s ON s.id = v.series_id "
		"WHERE v.boot_id = :boot AND s.metric = 'enable' AND s.scenario = 'g-4k' AND "
		"s.mode = '" STORE_MODE "' AND s.unit = 'instructions' AND s.judged = 1",
		&query, &store_err));
	query_bind_int(query, ":boot", boot);
	assert_int_equal(query_step(query, NULL), 1);
	return query_real(query, 0);
}

static void a_boot_leaves_its_logs(void **state)
{
	struct store s;
	int64_t boot;

	(void)state;
	open_pinned(&s);
	boot = measured(&s, 'B', 1e6);
	must(record_boot(s.db, boot, &store_err));
	assert_close(value_of(&s, boot), log(1e6), 1e-12);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM boot_values"), 1);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM epochs"), 1);
	must(record_boot(s.db, boot, &store_err)); /* once more gives the same */
	assert_int_equal(store_count(&s, "SELECT count(*) FROM boot_values"), 1);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM epochs"), 1);
	store_close(&s);
}

static void another_machine_is_another_epoch(void **state)
{
	struct store s;
	int64_t a, b;

	(void)state;
	open_pinned(&s);
	a = measured(&s, 'A', 1e6);
	b = measured(&s, 'B', 1e6);
	must(db_exec(
		s.db, "UPDATE boots SET kvm_mode = 'VHE mode' WHERE side = 'B'", &store_err));
	must(record_boot(s.db, a, &store_err));
	must(record_boot(s.db, b, &store_err));
	assert_int_equal(store_count(&s, "SELECT count(DISTINCT epoch_id) FROM boots"), 2);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM series"), 2);
	store_close(&s);
}

static void only_boots_that_count_are_recorded(void **state)
{
	struct boot_report bad = {.failure = FAILURE_TEST, .symptom = SYMPTOM_TIMEOUT};
	struct err err = ERR_INIT;
	struct store s;
	int64_t boot;

	(void)state;
	open_pinned(&s);
	boot = store_boot(&s, 'A', 1);
	store_process(&s, boot, 1, 1e6);
	assert_int_equal(record_boot(s.db, boot, &err), -ENOENT);
	must(boot_end(s.db, boot, &bad, 2, &store_err));
	assert_int_equal(record_boot(s.db, boot, &err), -ENOENT);
	assert_string_equal(err.text, "recording boot 1: there is no boot 1 that counts");
	assert_int_equal(record_missing(s.db, &store_err), 0);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM epochs"), 0);
	store_close(&s);
}

static void what_is_missing_is_made_good(void **state)
{
	struct store s;
	int64_t boot;

	(void)state;
	open_pinned(&s);
	boot = measured(&s, 'A', 1e6);
	measured(&s, 'B', 2e6);
	must(record_boot(s.db, boot, &store_err));
	assert_int_equal(record_missing(s.db, &store_err), 1);
	assert_int_equal(record_missing(s.db, &store_err), 0);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM boot_values"), 2);
	store_close(&s);
}

static void everything_is_made_again_from_the_raw_values(void **state)
{
	struct store s;
	int64_t boot;

	(void)state;
	open_pinned(&s);
	boot = measured(&s, 'A', 1e6);
	measured(&s, 'B', 2e6);
	assert_int_equal(record_missing(s.db, &store_err), 2);
	must(db_exec(s.db, "UPDATE boot_values SET log_value = 0", &store_err));
	assert_int_equal(record_all(s.db, &store_err), 2);
	assert_close(value_of(&s, boot), log(1e6), 1e-12);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM series"), 1);
	store_close(&s);
}

static void a_plan_that_cannot_be_read_changes_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct store s;

	(void)state;
	open_pinned(&s);
	measured(&s, 'A', 1e6);
	assert_int_equal(record_missing(s.db, &store_err), 1);
	must(db_exec(s.db, "UPDATE plans SET text = '[plan]'", &store_err));
	assert_int_equal(record_all(s.db, &err), -EINVAL);
	assert_non_null(strstr(err.text, "recording boot 1: stored plan of boot 1: small:1:"));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM boot_values"), 1);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_leaves_its_logs),
		cmocka_unit_test(another_machine_is_another_epoch),
		cmocka_unit_test(only_boots_that_count_are_recorded),
		cmocka_unit_test(what_is_missing_is_made_good),
		cmocka_unit_test(everything_is_made_again_from_the_raw_values),
		cmocka_unit_test(a_plan_that_cannot_be_read_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
