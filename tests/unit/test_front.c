/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/front.h"

#include "store_fixture.h"

static void hosts_are_counted(void **state)
{
	struct host_spec idle = {.name = (char *)(uintptr_t) "altra", .driver = HOST_SSH};
	struct boot_report bad = {.failure = FAILURE_HOST};
	struct front_page page = {0};
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	must(host_store(s.db, &idle, &id, &store_err));
	store_boot_good(&s, store_boot(&s, 'A', 100), 200);
	must(boot_end(s.db, store_boot(&s, 'B', 300), &bad, 400, &store_err));
	store_boot(&s, 'B', 500);
	must(front_load(s.db, &page, &store_err));
	assert_int_equal(page.host_count, 2);
	assert_string_equal(page.hosts[0].name, "altra");
	assert_false(page.hosts[0].emulated);
	assert_int_equal(page.hosts[0].boots, 0);
	assert_string_equal(page.hosts[0].state, "idle");
	assert_int_equal(page.hosts[0].seen_unix_ms, 0);
	assert_true(page.hosts[1].emulated);
	assert_int_equal(page.hosts[1].boots, 3);
	assert_int_equal(page.hosts[1].failed_boots, 1);
	assert_string_equal(page.hosts[1].state, "measuring");
	assert_int_equal(page.hosts[1].seen_unix_ms, 400);
	front_page_clear(&page);
	store_close(&s);
}

static void builds_that_failed_are_listed_newest_first(void **state)
{
	struct front_page page = {0};
	struct store s;

	(void)state;
	store_open(&s);
	for (int i = 0; i < 2; i++) {
		s.kernels[i].failure = FAILURE_BUILD;
		s.kernels[i].symptom = i ? SYMPTOM_CONFIG : SYMPTOM_COMPILE;
		must(kernel_store(s.db, "recipe", &s.kernels[i], 1000 + i, &store_err));
	}
	must(front_load(s.db, &page, &store_err));
	assert_int_equal(page.failure_count, 2);
	assert_int_equal(page.failures[0].symptom, SYMPTOM_CONFIG);
	assert_string_equal(page.failures[0].subject, "KVM: arm64: faster");
	assert_string_equal(page.failures[0].branch, "next");
	assert_int_equal(page.failures[1].updated_unix_ms, 1000);
	assert_null(page.failures[1].reason);
	front_page_clear(&page);
	store_close(&s);
}

/* What a branch waits for, and behind how many others. */
static void the_queue_of_a_branch_is_counted(void **state)
{
	struct front_page page = {0};
	const struct front_queue *queue;
	struct store s;

	(void)state;
	store_open(&s);
	must(db_exec(s.db,
		"INSERT INTO repositories (url, polled_unix_ms) VALUES ('u', 7000); "
		"INSERT INTO branches (id, name, repository, ref) VALUES (1, 'next', 'u', "
		"'a'), "
		"(2, 'next', 'u', 'b'), (3, 'other', 'v', 'a'); "
		"INSERT INTO jobs (kind, state, priority, origin, branch_id, repository, plan, "
		"created_unix_ms, updated_unix_ms, change) VALUES "
		"('screen', 'queued', 1, 'watch', 1, 'u', 'p', 1, 1, 1), "
		"('screen', 'ready', 5, 'watch', 3, 'v', 'p', 1, 1, 2), "
		"('screen', 'build', 4, 'watch', 2, 'u', 'p', 1, 1, 3), "
		"('screen', 'trial', 9, 'watch', 3, 'v', 'p', 1, 1, 4), "
		"('screen', 'ended', 9, 'watch', 1, 'u', 'p', 1, 1, 5); "
		"UPDATE branches SET gone = 1 WHERE id = 1; UPDATE service SET paused = 1",
		&store_err));
	must(front_load(s.db, &page, &store_err));
	assert_int_equal(page.queue_count, 2);
	queue = front_page_queue(&page, "next");
	assert_int_equal(queue->running, 0);
	assert_int_equal(queue->building, 1);
	assert_int_equal(queue->waiting, 1);
	assert_int_equal(queue->place, 2);
	assert_int_equal(queue->looked_unix_ms, 7000);
	assert_false(queue->is_gone);
	assert_true(queue->is_paused);
	queue = front_page_queue(&page, "other");
	assert_int_equal(queue->running, 1);
	assert_int_equal(queue->waiting, 1);
	assert_int_equal(queue->place, 1);
	assert_int_equal(queue->looked_unix_ms, 0);
	assert_null(front_page_queue(&page, "nobody's"));
	front_page_clear(&page);
	store_close(&s);
}

static void an_empty_store_has_an_empty_front(void **state)
{
	auto_scratch char *root = scratch_make();
	auto_free char *path = mem_printf("%s/t.db", root);
	struct front_page page = {0};
	struct db *db = NULL;

	(void)state;
	must(db_open(path, true, &db, &store_err));
	assert_true(front_load(db, &page, NULL) < 0); /* no schema: an error, no crash */
	must(schema_apply(db, path, &store_err));
	must(front_load(db, &page, &store_err));
	assert_int_equal(page.host_count + page.failure_count, 0);
	front_page_clear(&page);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_counted),
		cmocka_unit_test(builds_that_failed_are_listed_newest_first),
		cmocka_unit_test(the_queue_of_a_branch_is_counted),
		cmocka_unit_test(an_empty_store_has_an_empty_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
