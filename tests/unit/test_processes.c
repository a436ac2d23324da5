/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/processes.h"

#include <errno.h>

#include "base/clock.h"
#include "store_fixture.h"

/* One process's worth of values, and what is stored of them when a thing goes wrong. */
static int store_values(struct store *s, int64_t boot_id, int ordinal,
	const struct process_value *values, size_t count, struct err *err)
{
	struct process_report report = {.command = (char *)(uintptr_t) "test -g"};

	return process_store(s->db, boot_id, &s->plan.scenarios[0], STORE_MODE, ordinal,
		&report, values, count, err);
}

static void a_process_and_its_values_come_back(void **state)
{
	static const struct process_value values[] = {
		{"enable", "s", 0, 1.0 / 3},
		{"get", "s", 1, 5e-324},
		{"get", "s", 2, 1.7976931348623157e308},
		{"insn.get", "instructions", 1, 9007199254740993.0},
	};
	struct store s;

	(void)state;
	store_open(&s);
	must(store_values(
		&s, store_boot(&s, 'A', 1), 1, values, ARRAY_SIZE(values), &store_err));
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		auto_query struct query *query = NULL;

		must(query_open(s.db,
			"SELECT s.value, q.unit FROM samples s JOIN quantities q ON q.id = "
			"s.quantity_id WHERE q.name = :name AND s.iteration = :iteration",
			&query, &store_err));
		query_bind_text(query, ":name", values[i].quantity);
		query_bind_int(query, ":iteration", values[i].iteration);
		assert_int_equal(query_step(query, NULL), 1);
		assert_true(query_real(query, 0) == values[i].value);
		assert_string_equal(query_text(query, 1), values[i].unit);
	}
	assert_int_equal(store_count(&s, "SELECT count(*) FROM quantities"), 3);
	store_close(&s);
}

static const struct process_value doubled[] = {
	{"enable", "s", 0, 1}, {"get", "s", 1, 1}, {"enable", "s", 0, 2}};
static const struct process_value not_a_number[] = {
	{"enable", "s", 0, 1}, {"get", "s", 1, NAN}};
static const struct process_value nameless[] = {{"enable", "s", 0, 1}, {NULL, "s", 1, 1}};

static const struct {
	const char *name;
	const struct process_value *values;
	size_t count;
} bad[] = {
	{"a value twice", doubled, ARRAY_SIZE(doubled)},
	{"a value that is no number", not_a_number, ARRAY_SIZE(not_a_number)},
	{"a value of nothing", nameless, ARRAY_SIZE(nameless)},
};

static void a_bad_value_stores_nothing_at_all(void **state)
{
	struct store s;
	int64_t boot;

	(void)state;
	store_open(&s);
	boot = store_boot(&s, 'A', 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = ERR_INIT;
		int r = store_values(&s, boot, 1, bad[i].values, bad[i].count, &err);

		if (r != -EEXIST || !err.text[0])
			fail_msg("%s: %d %s", bad[i].name, r, err.text);
		assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 0);
		assert_int_equal(store_count(&s, "SELECT count(*) FROM samples"), 0);
		assert_int_equal(store_count(&s, "SELECT count(*) FROM quantities"), 0);
	}
	/* And the store goes on. */
	store_process(&s, boot, 1, 1000);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 1);
	assert_int_equal(store_values(&s, boot, 1, NULL, 0, NULL), -EEXIST); /* again */
	assert_int_equal(store_values(&s, 4711, 1, NULL, 0, NULL), -EEXIST); /* no such boot */
	assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 1);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM samples"), 2);
	store_close(&s);
}

static void a_full_disk_stores_nothing_at_all(void **state)
{
	auto_free struct process_value *values = MEM_NEW(struct process_value, 3000);
	struct err err = ERR_INIT;
	struct store s;
	int64_t boot, pages;
	char sql[64];

	(void)state;
	for (int i = 0; i < 3000; i++)
		values[i] = (struct process_value){"get", "s", i + 1, i + 0.5};
	store_open(&s);
	boot = store_boot(&s, 'A', 1);
	store_process(&s, boot, 1, 1000);
	pages = store_count(&s, "PRAGMA page_count");
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld", (long long)pages + 3);
	must(db_exec(s.db, sql, &store_err));
	assert_int_equal(store_values(&s, boot, 2, values, 3000, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "nothing stored so far is lost"));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 1);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM samples"), 2);
	must(db_exec(s.db, "PRAGMA max_page_count = 100000", &store_err));
	must(store_values(&s, boot, 2, values, 3000, &store_err));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM samples"), 3002);
	store_close(&s);
}

static void raw_output_is_kept_byte_by_byte(void **state)
{
	char output[] = "Test iterations: 2\n\0\xff\xfe'\"", errors[] = "warning\n";
	struct process_report report = {.failure = FAILURE_TEST,
		.symptom = SYMPTOM_KILLED,
		.output = output,
		.output_bytes = sizeof(output),
		.errors = errors,
		.errors_bytes = sizeof(errors) - 1,
		.exit_status = -1,
		.signal = 9,
		.chunk_bytes = -1};
	struct store s;
	int64_t boot;

	(void)state;
	store_open(&s);
	boot = store_boot(&s, 'A', 1);
	/* One that was lost early has no command and no output. */
	must(process_store(s.db, boot, &s.plan.scenarios[0], "'; DROP TABLE boots; --", -1,
		&report, NULL, 0, &store_err));
	report.output = report.errors = NULL;
	report.output_bytes = report.errors_bytes = 0;
	must(process_store(
		s.db, boot, &s.plan.scenarios[1], STORE_MODE, 0, &report, NULL, 0, &store_err));
	assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 2);
	store_close(&s);
}

static void a_process_within_a_transaction_is_refused(void **state)
{
	struct err err = ERR_INIT;
	struct store s;
	int64_t boot;

	(void)state;
	store_open(&s);
	boot = store_boot(&s, 'A', 1);
	must(db_begin(s.db, &store_err));
	assert_true(
		store_values(&s, boot, 1, NULL, 0, &err) < 0); /* transactions do not nest */
	db_rollback(s.db);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM processes"), 0);
	store_close(&s);
}

static void many_values_are_stored_fast(void **state)
{
	auto_free struct process_value *values = MEM_NEW(struct process_value, 5000);
	struct store s;
	int64_t boot, begun_ms;

	(void)state;
	for (int i = 0; i < 5000; i++)
		values[i] = (struct process_value){
			i % 2 ? "get" : "insn.get", i % 2 ? "s" : "instructions", i / 2 + 1, i};
	store_open(&s);
	boot = store_boot(&s, 'A', 1);
	begun_ms = clock_monotonic_ms(&clock_real);
	must(store_values(&s, boot, 1, values, 5000, &store_err));
	printf("# notice: 5000 values are stored in %lld ms\n",
		(long long)(clock_monotonic_ms(&clock_real) - begun_ms));
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_and_its_values_come_back),
		cmocka_unit_test(a_bad_value_stores_nothing_at_all),
		cmocka_unit_test(a_full_disk_stores_nothing_at_all),
		cmocka_unit_test(raw_output_is_kept_byte_by_byte),
		cmocka_unit_test(a_process_within_a_transaction_is_refused),
		cmocka_unit_test(many_values_are_stored_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
