/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/history.h"

#include <errno.h>

#include "history_fixture.h"

/* "0 1 /3": numbers of the commits, a slash where some are left out before. */
static char *told(const struct history_fixture *f, const struct history *list)
{
	struct str text = STR_INIT;

	str_add(&text, "");
	for (size_t i = 0; i < list->count; i++)
		for (int c = 0; c < HISTORY_COMMITS; c++)
			if (strcmp(list->commits[i].oid, f->oid[c]) == 0)
				str_addf(&text, "%s%s%d%s%s", i ? " " : "",
					list->commits[i].gap ? "/" : "", c,
					list->commits[i].parents > 1 ? "m" : "",
					list->commits[i].in_paths ? "" : "o");
	return str_take(&text);
}

static const struct {
	const char *name, *path;
	int good, bad, parent; /* parent 0: along first parents; else bad is a merge */
	const char *want;
} rows[] = {
	{"all of it, the merge as one commit", NULL, 0, 8, 0, "0 1 2 6m 7 8"},
	{"two neighbours", NULL, 7, 8, 0, "7 8"},
	{"those that touch a path, and the ends", "kvm", 0, 8, 0, "0 1 /6m 7 8o"},
	{"a pattern", "kvm/*.c", 0, 8, 0, "0 1 /6m 7 8o"},
	{"another path", "README", 0, 8, 0, "0 /2 /8"},
	{"none touches it", "virt", 0, 8, 0, "0 /8o"},
	{"from within a branch that was merged", NULL, 4, 8, 0, "4 2 6m 7 8"},
	{"the branch that a merge brought", NULL, 0, 6, 2, "1 3 4 5 6m"},
	{"of it what touches a path", "kvm", 0, 6, 2, "1 3 /5 6m"},
	{"of it nothing", "virt", 0, 6, 2, "1 /6m"},
};

static void test_rows(void **state)
{
	struct history_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		auto_strv struct strv paths = STRV_INIT;
		struct history list;
		struct err err = ERR_INIT;
		auto_free char *text = NULL;
		int r;

		if (rows[i].path)
			strv_add(&paths, rows[i].path);
		r = rows[i].parent ? history_side(f->git->repo, f->oid[rows[i].bad],
					     rows[i].parent, &paths, &list, &err)
				   : history_chain(f->git->repo, f->oid[rows[i].good],
					     f->oid[rows[i].bad], &paths, &list, &err);
		if (r < 0)
			fail_msg("%s: %s", rows[i].name, err.text);
		text = told(f, &list);
		if (strcmp(text, rows[i].want))
			fail_msg("%s: %s, expected %s", rows[i].name, text, rows[i].want);
		history_clear(&list);
	}
}

static const struct {
	const char *name;
	int good, bad;
	const char *want;
} refused[] = {
	{"the wrong way round", 8, 0, "give the good commit first"},
	{"branches that part", 5, 2, "they part at"},
	{"no common root", 9, 8, "no commit in common"},
	{"the same commit twice", 8, 8, "comes before"},
};

static void test_refused(void **state)
{
	struct history_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct history list;
		struct err err = ERR_INIT;
		int r = history_chain(f->git->repo, f->oid[refused[i].good],
			f->oid[refused[i].bad], NULL, &list, &err);

		if (r != -EINVAL || !strstr(err.text, refused[i].want))
			fail_msg("%s: %d, %s", refused[i].name, r, err.text);
	}
}

static void test_no_such_parent(void **state)
{
	struct history_fixture *f = *state;
	struct history list;

	assert_int_equal(history_side(f->git->repo, f->oid[7], 2, NULL, &list, NULL), -EINVAL);
	assert_int_equal(history_side(f->git->repo, f->oid[6], 3, NULL, &list, NULL), -EINVAL);
	assert_int_equal(history_side(f->git->repo, "HEAD", 2, NULL, &list, NULL), -EINVAL);
}

#define REF "refs/kvmperf/bisect/1/revert"

static void test_revert_that_applies(void **state)
{
	struct history_fixture *f = *state;
	char first[65], second[65];
	git_oid id;

	assert_int_equal(
		history_revert(f->git->repo, f->oid[3], f->oid[8], REF, first, NULL), 0);
	assert_int_equal(
		history_revert(f->git->repo, f->oid[3], f->oid[8], REF, second, NULL), 0);
	assert_string_equal(first, second);
	assert_int_equal(git_reference_name_to_id(&id, f->git->git, REF), 0);
	assert_string_equal(git_oid_tostr_s(&id), first);
}

static void test_revert_of_a_merge_undoes_what_it_brought(void **state)
{
	struct history_fixture *f = *state;
	char oid[65], tree[65];
	git_commit *commit;
	git_oid id;
	git_tree_entry *entry;
	git_tree *root;

	assert_int_equal(history_revert(f->git->repo, f->oid[6], f->oid[8], REF, oid, NULL), 0);
	git_oid_fromstr(&id, oid);
	assert_int_equal(git_commit_lookup(&commit, f->git->git, &id), 0);
	git_commit_tree(&root, commit);
	assert_int_equal(git_tree_entry_bypath(&entry, root, "kvm/mmu.c"), 0);
	git_put(f->git, GIT_OBJECT_BLOB, MMU("a", "c", "E"), strlen(MMU("a", "c", "E")), tree);
	assert_string_equal(git_oid_tostr_s(git_tree_entry_id(entry)), tree);
	git_tree_entry_free(entry);
	git_tree_free(root);
	git_commit_free(commit);
}

static void test_revert_in_conflict_names_the_file(void **state)
{
	struct history_fixture *f = *state;
	struct err err = ERR_INIT;
	char oid[65];
	git_oid id;

	assert_int_equal(
		history_revert(f->git->repo, f->oid[1], f->oid[8], REF, oid, &err), -EPROTO);
	assert_non_null(strstr(err.text, "kvm/mmu.c"));
	assert_true(git_reference_name_to_id(&id, f->git->git, REF) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, history_open, history_close),
		cmocka_unit_test_setup_teardown(test_refused, history_open, history_close),
		cmocka_unit_test_setup_teardown(
			test_no_such_parent, history_open, history_close),
		cmocka_unit_test_setup_teardown(
			test_revert_that_applies, history_open, history_close),
		cmocka_unit_test_setup_teardown(test_revert_of_a_merge_undoes_what_it_brought,
			history_open, history_close),
		cmocka_unit_test_setup_teardown(
			test_revert_in_conflict_names_the_file, history_open, history_close),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
