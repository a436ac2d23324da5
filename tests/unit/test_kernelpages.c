/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/kernelpages.h"

#include <errno.h>

#include "lab_fixture.h"

/* A kernel that was compared, three others that were not. */
static struct commit make_lab(struct lab *lab)
{
	struct commit base, fresh;
	struct run run;

	lab_open(lab);
	base = lab_commit(lab);
	fresh = lab_commit(lab);
	run = lab_compare(lab, "fixed", &base, &fresh);
	lab_session(lab, &run, "ABBA", 1e6, 1e6);
	must(run_end(lab->s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, lab->now, &store_err));
	return fresh;
}

static void a_kernel_has_its_builds_boots_and_comparisons(void **state)
{
	struct kernel_page page;
	struct commit fresh;
	struct lab lab;

	(void)state;
	fresh = make_lab(&lab);
	must(kernel_page_load(lab.s.db, fresh.id, &page, &store_err));
	assert_string_equal(page.oid, fresh.oid);
	assert_string_equal(page.branch, "next");
	assert_int_equal(page.build_count, 1);
	assert_int_equal(page.builds[0].failure, FAILURE_NONE);
	assert_null(page.builds[0].twin_oid);
	assert_int_equal(page.boots_in_all, 2); /* the two of the other side are not its own */
	assert_int_equal(page.boot_count, 2);
	assert_true(page.boots[0].id > page.boots[1].id);
	assert_int_equal(page.boots_failed, 0);
	assert_int_equal(page.comparisons_in_all, 1);
	assert_string_equal(page.comparisons[0].fresh_oid, fresh.oid);
	kernel_page_clear(&page);
	store_close(&lab.s);
}

/* What the store says of it is on the page: row by row. */
static void what_befell_a_kernel_is_told(void **state)
{
	static const struct {
		const char *sentence, *sql;
		enum failure failure;
		size_t boots_failed;
		bool has_twin;
	} rows[] = {
		{"it did not build",
			"UPDATE kernels SET failure = 'build', symptom = 'compile', reason = "
			"'mmu.c:77' WHERE commit_id = :id",
			FAILURE_BUILD, 0, false},
		{"a boot of it panicked",
			"UPDATE boots SET state = 'failed', failure = 'kernel', symptom = "
			"'panic' "
			"WHERE id = (SELECT max(b.id) FROM boots b JOIN kernels k ON k.id = "
			"b.kernel_id WHERE k.commit_id = :id)",
			FAILURE_NONE, 1, false},
		{"another commit has the same image",
			"UPDATE kernels SET image_hash = (SELECT image_hash FROM kernels WHERE "
			"commit_id = :id)",
			FAILURE_NONE, 0, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct query *query;
		struct kernel_page page;
		struct commit fresh;
		struct lab lab;

		fresh = make_lab(&lab);
		must(query_open(lab.s.db, rows[i].sql, &query, &store_err));
		query_bind_int(query, ":id", fresh.id);
		must(query_run(query, &store_err));
		query_close(query);
		must(kernel_page_load(lab.s.db, fresh.id, &page, &store_err));
		if (page.builds[0].failure != rows[i].failure ||
			page.boots_failed != rows[i].boots_failed ||
			(page.builds[0].twin_oid != NULL) != rows[i].has_twin)
			fail_msg("%s", rows[i].sentence);
		kernel_page_clear(&page);
		store_close(&lab.s);
	}
}

static void a_commit_that_is_not_there_is_an_error(void **state)
{
	struct kernel_page page;
	struct lab lab;

	(void)state;
	make_lab(&lab);
	assert_int_equal(kernel_page_load(lab.s.db, 4711, &page, NULL), -ENOENT);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kernel_has_its_builds_boots_and_comparisons),
		cmocka_unit_test(what_befell_a_kernel_is_told),
		cmocka_unit_test(a_commit_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
