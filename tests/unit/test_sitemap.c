/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sitemap.h"

#include "lab_fixture.h"
#include "store/screens.h"

static struct site_map load(struct lab *lab)
{
	struct site_map map;

	must(site_map_load(lab->s.db, FINGERPRINT_INIT, &map, &store_err));
	return map;
}

/* A branch of so many kernels, each screened against the one before it. */
static void make_branch(struct lab *lab, int kernels)
{
	struct commit base;

	lab_open(lab);
	base = lab_commit(lab);
	for (int i = 0; i < kernels; i++) {
		struct commit fresh = lab_commit(lab);
		struct run run = lab_compare(lab, "screen", &base, &fresh);

		lab_session(lab, &run, "BB", 1e6, 1e6);
		must(run_end(lab->s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, lab->now,
			&store_err));
		base = fresh;
	}
}

/* How many of the pages of `after` were not in `before`, or are of other data. */
static size_t changed(const struct site_entry *before, size_t before_count,
	const struct site_entry *after, size_t after_count)
{
	size_t count = 0;

	for (size_t i = 0; i < after_count; i++) {
		bool same = false;

		for (size_t k = 0; k < before_count; k++)
			same = same || (before[k].id == after[i].id &&
					       before[k].print == after[i].print);
		count += !same;
	}
	return count;
}

static size_t changed_comparisons(const struct site_map *before, const struct site_map *after)
{
	size_t count = 0;

	for (size_t i = 0; i < after->comparison_count; i++) {
		const struct site_comparison *c = &after->comparisons[i];
		const struct site_comparison *old = site_map_comparison(before, c->id);

		count += !old || old->print != c->print;
	}
	return count;
}

static void a_store_gives_the_same_map_twice(void **state)
{
	struct site_map one, other;
	struct lab lab;

	(void)state;
	make_branch(&lab, 5);
	one = load(&lab);
	other = load(&lab);
	assert_int_equal(one.boot_count, 10);
	assert_int_equal(one.comparison_count, 5 + 1); /* the fixture's own is running */
	assert_int_equal(changed(one.boots, one.boot_count, other.boots, other.boot_count), 0);
	assert_int_equal(
		changed(one.kernels, one.kernel_count, other.kernels, other.kernel_count), 0);
	assert_int_equal(changed_comparisons(&one, &other), 0);
	site_map_clear(&one);
	site_map_clear(&other);
	store_close(&lab.s);
}

static void one_kernel_more_touches_itself_and_its_neighbour(void **state)
{
	struct site_map before, after;
	struct commit base, fresh;
	struct lab lab;
	struct run run;

	(void)state;
	make_branch(&lab, 5);
	before = load(&lab);
	base = (struct commit){.id = store_count(&lab.s, "SELECT max(id) FROM commits")};
	fresh = lab_commit(&lab);
	run = lab_compare(&lab, "screen", &base, &fresh);
	lab_session(&lab, &run, "BB", 1e6, 1e6);
	must(run_end(lab.s.db, &run, FAILURE_NONE, SYMPTOM_NONE, NULL, lab.now, &store_err));
	after = load(&lab);
	/* its two boots; its own page and its base's; its page and the one that leads to it */
	assert_int_equal(
		changed(before.boots, before.boot_count, after.boots, after.boot_count), 2);
	assert_int_equal(
		changed(before.kernels, before.kernel_count, after.kernels, after.kernel_count),
		2);
	assert_int_equal(changed_comparisons(&before, &after), 2);
	assert_int_equal(after.comparisons[0].id, run.id);
	assert_int_equal(after.comparisons[0].next, 0);
	assert_int_equal(
		site_map_comparison(&after, after.comparisons[0].previous)->next, run.id);
	site_map_clear(&before);
	site_map_clear(&after);
	store_close(&lab.s);
}

/* Whatever a page shows of a row is in its fingerprint. */
static void what_changes_in_the_store_changes_the_pages_that_show_it(void **state)
{
	static const struct {
		const char *sentence, *sql;
		size_t boots, kernels, comparisons;
	} rows[] = {
		{"nothing", "SELECT 1", 0, 0, 0},
		{"a boot fails after all",
			"UPDATE boots SET failure = 'kernel', symptom = 'panic' WHERE id = "
			"(SELECT min(id) FROM boots WHERE state = 'done')",
			1, 0, 0},
		{"a screen is answered",
			"INSERT INTO screens VALUES ((SELECT max(id) FROM comparisons), "
			"'quiet', "
			"0, 1)",
			0, 0, 1},
		{"the confirm that a screen asked for is queued",
			"INSERT INTO jobs (id, kind, state, origin, repository, plan, "
			"comparison_id, created_unix_ms, updated_unix_ms, change) SELECT 1, "
			"'screen', 'ended', 'watch', 'r', 'p', max(id), 1, 1, 1 FROM "
			"comparisons; INSERT INTO jobs (kind, state, origin, repository, plan, "
			"parent_job, created_unix_ms, updated_unix_ms, change) VALUES "
			"('confirm', 'ready', 'screen', 'r', 'p', 1, 1, 1, 2)",
			0, 0, 1},
		{"its machine is checked",
			"INSERT INTO host_checks (comparison_id, verdict, aa, flagged, "
			"control, "
			"drift_moved, checked_unix_ms) SELECT max(id), 'control', 0, 0, 0.03, "
			"0, 1 "
			"FROM comparisons",
			0, 0, 1},
		{"a comparison moves",
			"UPDATE comparisons SET updated_unix_ms = 7 WHERE id = "
			"(SELECT max(id) FROM comparisons)",
			0, 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct site_map before, after;
		struct lab lab;

		make_branch(&lab, 3);
		before = load(&lab);
		must(db_exec(lab.s.db, rows[i].sql, &store_err));
		after = load(&lab);
		if (changed(before.boots, before.boot_count, after.boots, after.boot_count) !=
				rows[i].boots ||
			changed(before.kernels, before.kernel_count, after.kernels,
				after.kernel_count) != rows[i].kernels ||
			changed_comparisons(&before, &after) != rows[i].comparisons)
			fail_msg("%s: %zu boots, %zu kernels, %zu comparisons",
				rows[i].sentence,
				changed(before.boots, before.boot_count, after.boots,
					after.boot_count),
				changed(before.kernels, before.kernel_count, after.kernels,
					after.kernel_count),
				changed_comparisons(&before, &after));
		site_map_clear(&before);
		site_map_clear(&after);
		store_close(&lab.s);
	}
}

/* While a comparison is measured anew the page keeps what was found before. */
static void of_runs_of_the_same_kernels_the_finished_one_has_the_page(void **state)
{
	struct commit base, fresh;
	struct site_map map;
	struct lab lab;
	struct run done, again;

	(void)state;
	lab_open(&lab);
	base = lab_commit(&lab);
	fresh = lab_commit(&lab);
	done = lab_compare(&lab, "screen", &base, &fresh);
	must(run_end(lab.s.db, &done, FAILURE_NONE, SYMPTOM_NONE, NULL, lab.now, &store_err));
	again = lab_compare(&lab, "fixed", &base, &fresh);
	map = load(&lab);
	assert_true(site_map_comparison(&map, done.id)->has_page);
	assert_false(site_map_comparison(&map, again.id)->has_page);
	site_map_clear(&map);
	must(run_end(lab.s.db, &again, FAILURE_NONE, SYMPTOM_NONE, NULL, lab.now, &store_err));
	map = load(&lab);
	assert_false(site_map_comparison(&map, done.id)->has_page);
	assert_true(site_map_comparison(&map, again.id)->has_page);
	assert_null(site_map_comparison(&map, 12345));
	site_map_clear(&map);
	store_close(&lab.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_gives_the_same_map_twice),
		cmocka_unit_test(one_kernel_more_touches_itself_and_its_neighbour),
		cmocka_unit_test(what_changes_in_the_store_changes_the_pages_that_show_it),
		cmocka_unit_test(of_runs_of_the_same_kernels_the_finished_one_has_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
