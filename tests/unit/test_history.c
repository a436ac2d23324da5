/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/history.h"

#include <errno.h>

#include "git_fixture.h"

/*
 *   0 - 1 - 2 ------- 6 - 7 - 8       first parents
 *        \           /
 *         3 - 4 --- 5                 a branch that was merged with 6
 *
 * Odd commits change kvm/mmu.c, even ones README; the merge takes the files of
 * both. 9 stands alone.
 */
enum { COMMITS = 10 };

#define MMU(a, c, d) a "\n\n\n" c "\n\n\n" d "\n"

struct history_fixture {
	struct git_fixture *git;
	char oid[COMMITS][OID_BYTES];
};

static const struct {
	int parents[2]; /* -1: none */
	const char *mmu, *readme;
} shape[COMMITS] = {
	{{-1, -1}, MMU("a", "c", "d"), "0"},
	{{0, -1}, MMU("a", "c", "D"), "0"},
	{{1, -1}, MMU("a", "c", "D"), "2"},
	{{1, -1}, MMU("A", "c", "D"), "0"},
	{{3, -1}, MMU("A", "c", "D"), "4"},
	{{4, -1}, MMU("A", "C", "D"), "4"},
	{{2, 5}, MMU("A", "C", "D"), "2"},
	{{6, -1}, MMU("A", "C", "E"), "2"},
	{{7, -1}, MMU("A", "C", "E"), "8"},
	{{-1, -1}, "lonely\n", "9"},
};

static void put(struct history_fixture *f, int i)
{
	auto_str struct str text = STR_INIT;
	char folder[OID_BYTES], tree[OID_BYTES];
	struct git_entry inner[] = {{"100644", "mmu.c", shape[i].mmu, NULL}, {0}};
	struct git_entry outer[] = {{"100644", "README", shape[i].readme, NULL},
		{"40000", "kvm", NULL, folder}, {0}};

	git_put_tree(f->git, inner, folder);
	git_put_tree(f->git, outer, tree);
	str_addf(&text, "tree %s\n", tree);
	for (int p = 0; p < 2 && shape[i].parents[p] >= 0; p++)
		str_addf(&text, "parent %s\n", f->oid[shape[i].parents[p]]);
	str_addf(&text, "author A <a@b> %d +0000\ncommitter A <a@b> %d +0000\n\ncommit %d\n",
		1000000000 + i, 1000000000 + i, i);
	git_put(f->git, GIT_OBJECT_COMMIT, text.text, text.length, f->oid[i]);
}

static int open_history(void **state)
{
	struct history_fixture *f = MEM_NEW(struct history_fixture, 1);
	void *git;

	git_fixture_open(&git);
	f->git = git;
	for (int i = 0; i < COMMITS; i++)
		put(f, i);
	*state = f;
	return 0;
}

static int close_history(void **state)
{
	struct history_fixture *f = *state;
	void *git = f->git;

	free(f);
	return git_fixture_close(&git);
}

/* "0 1 /3": numbers of the commits, a slash where some are left out before. */
static char *told(const struct history_fixture *f, const struct history *list)
{
	struct str text = STR_INIT;

	str_add(&text, "");
	for (size_t i = 0; i < list->count; i++)
		for (int c = 0; c < COMMITS; c++)
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
		cmocka_unit_test_setup_teardown(test_rows, open_history, close_history),
		cmocka_unit_test_setup_teardown(test_refused, open_history, close_history),
		cmocka_unit_test_setup_teardown(
			test_no_such_parent, open_history, close_history),
		cmocka_unit_test_setup_teardown(
			test_revert_that_applies, open_history, close_history),
		cmocka_unit_test_setup_teardown(test_revert_of_a_merge_undoes_what_it_brought,
			open_history, close_history),
		cmocka_unit_test_setup_teardown(
			test_revert_in_conflict_names_the_file, open_history, close_history),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
