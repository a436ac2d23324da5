/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/kernels.h"

#include <errno.h>

#include "store_fixture.h"

static void a_commit_is_stored_once(void **state)
{
	struct commit again = {.subject = mem_strdup("another subject")};
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = s.commits[0].id;
	assert_true(id > 0 && s.commits[1].id != id);
	memset(again.oid, 'a', 40);
	must(commit_store(s.db, &again, &store_err));
	assert_int_equal(again.id, id);
	assert_int_equal(store_count(&s, "SELECT count(*) FROM commits"), 2);
	assert_int_equal(
		store_count(&s, "SELECT count(*) FROM commits WHERE subject = 'Linux 6.12'"),
		1);
	commit_clear(&again);
	store_close(&s);
}

static void hostile_text_comes_back(void **state)
{
	static const char *const subjects[] = {"", "'); DROP TABLE commits; --",
		"<script>alert(1)</script>", "\xff\xfe\xc0\x80 not UTF-8", "\x1b[31mred\x07",
		"%s%n%s"};
	auto_free char *large = mem_new((1 << 20) + 1, 1);
	struct store s;

	(void)state;
	memset(large, '"', 1 << 20);
	store_open(&s);
	for (size_t i = 0; i <= ARRAY_SIZE(subjects); i++) {
		const char *subject = i < ARRAY_SIZE(subjects) ? subjects[i] : large;
		struct commit commit = {.subject = mem_strdup(subject)};
		auto_query struct query *query = NULL;

		snprintf(commit.oid, sizeof(commit.oid), "%040zu", i);
		must(commit_store(s.db, &commit, &store_err));
		must(query_open(s.db, "SELECT subject, author FROM commits WHERE id = :id",
			&query, &store_err));
		query_bind_int(query, ":id", commit.id);
		assert_int_equal(query_step(query, NULL), 1);
		assert_string_equal(query_text(query, 0), subject);
		assert_string_equal(query_text(query, 1), "");
		commit_clear(&commit);
	}
	store_close(&s);
}

static void a_kernel_is_found_by_commit_and_recipe(void **state)
{
	struct kernel_record found = {0};
	struct store s;

	(void)state;
	store_open(&s);
	assert_int_equal(kernel_find(s.db, s.commits[0].id, "other", &found, NULL), 0);
	assert_int_equal(kernel_find(s.db, 4711, "recipe", &found, NULL), 0);
	assert_int_equal(kernel_find(s.db, s.commits[1].id, "recipe", &found, NULL), 1);
	assert_int_equal(found.kernel.id, s.kernels[1].kernel.id);
	assert_int_equal(found.failure, FAILURE_NONE);
	assert_string_equal(found.kernel.release, "6.12.0-1");
	assert_string_equal(found.kernel.toolchain, "gcc 12");
	assert_null(found.kernel.build_id);
	assert_null(found.reason);
	kernel_record_clear(&found);
	store_close(&s);
}

static void a_later_build_replaces_the_record(void **state)
{
	struct kernel_record found = {0};
	struct store s;
	int64_t id;

	(void)state;
	store_open(&s);
	id = s.kernels[0].kernel.id;
	s.kernels[0].failure = FAILURE_BUILD;
	s.kernels[0].symptom = SYMPTOM_COMPILE;
	s.kernels[0].reason = mem_strdup("mmu.c:7: error");
	must(kernel_store(s.db, "recipe", &s.kernels[0], 5000, &store_err));
	assert_int_equal(s.kernels[0].kernel.id, id);
	must(kernel_find(s.db, s.commits[0].id, "recipe", &found, &store_err));
	assert_int_equal(found.failure, FAILURE_BUILD);
	assert_int_equal(found.symptom, SYMPTOM_COMPILE);
	assert_string_equal(found.reason, "mmu.c:7: error");
	kernel_record_clear(&found);
	s.kernels[0].kernel.commit_id = 4711;
	assert_int_equal(kernel_store(s.db, "recipe", &s.kernels[0], 5000, NULL), -EEXIST);
	store_close(&s);
}

static void a_test_binary_is_stored_once(void **state)
{
	auto_free char *path = NULL, *sha256 = NULL;
	int64_t first = 0, second = 0, other = 0;
	struct store s;

	(void)state;
	store_open(&s);
	must(test_store(s.db, "abc", "/old/test", "a", 1, &first, &store_err));
	must(test_store(s.db, "abc", "/new/test", "b", 2, &second, &store_err));
	must(test_store(s.db, "def", "/new/test", "b", 2, &other, &store_err));
	assert_int_equal(first, second);
	assert_int_not_equal(first, other);
	assert_int_equal(test_find(s.db, first, &path, &sha256, NULL), 1);
	assert_string_equal(path, "/new/test");
	assert_string_equal(sha256, "abc");
	assert_int_equal(test_find(s.db, 4711, &path, &sha256, NULL), 0);
	store_close(&s);
}

static void a_test_binary_is_found_by_what_it_was_built_from(void **state)
{
	static const struct {
		const char *sentence, *source, *program, *path; /* NULL: none */
	} rows[] = {
		{"a program of that commit", "a", "other_test", "/abc/other_test"},
		{"the newest of several", "a", "test", "/ghi/test"},
		{"another commit", "b", "test", NULL},
		{"a name that only ends alike", "a", "est", NULL},
		{"a binary that came out of a later commit too", "c", "test", "/jkl/test"},
		{"its first commit has lost it", "d", "test", NULL},
	};
	struct store s;
	int64_t ids[5];

	(void)state;
	store_open(&s);
	must(test_store(s.db, "abc", "/abc/other_test", "a", 1, &ids[0], &store_err));
	must(test_store(s.db, "def", "/def/test", "a", 1, &ids[1], &store_err));
	must(test_store(s.db, "ghi", "/ghi/test", "a", 2, &ids[2], &store_err));
	must(test_store(s.db, "jkl", "/jkl/test", "d", 3, &ids[3], &store_err));
	must(test_store(s.db, "jkl", "/jkl/test", "c", 4, &ids[4], &store_err));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_free char *path = NULL;
		int64_t id = 0;
		int r = test_find_built(
			s.db, rows[i].source, rows[i].program, &id, &path, &store_err);

		if (r != !!rows[i].path || (r && strcmp(path, rows[i].path)))
			fail_msg("%s: %d, %s", rows[i].sentence, r, path ? path : "none");
		assert_int_equal(r > 0, id > 0);
	}
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_is_stored_once),
		cmocka_unit_test(hostile_text_comes_back),
		cmocka_unit_test(a_kernel_is_found_by_commit_and_recipe),
		cmocka_unit_test(a_later_build_replaces_the_record),
		cmocka_unit_test(a_test_binary_is_stored_once),
		cmocka_unit_test(a_test_binary_is_found_by_what_it_was_built_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
