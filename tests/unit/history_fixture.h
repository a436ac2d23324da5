/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_HISTORY_FIXTURE_H
#define TESTS_HISTORY_FIXTURE_H

#include "git_fixture.h"

/*
 *   0 - 1 - 2 ------- 6 - 7 - 8       first parents
 *        \           /
 *         3 - 4 --- 5                 a branch that was merged with 6
 *
 * Odd commits change kvm/mmu.c, even ones README; the merge takes the files of
 * both. 9 stands alone.
 */
enum { HISTORY_COMMITS = 10 };

#define MMU(a, c, d) a "\n\n\n" c "\n\n\n" d "\n"

struct history_fixture {
	struct git_fixture *git;
	char oid[HISTORY_COMMITS][OID_BYTES];
};

static const struct {
	int parents[2]; /* -1: none */
	const char *mmu, *readme;
} history_shape[HISTORY_COMMITS] = {
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

static inline void history_put(struct history_fixture *f, int i)
{
	auto_str struct str text = STR_INIT;
	char folder[OID_BYTES], tree[OID_BYTES];
	struct git_entry inner[] = {{"100644", "mmu.c", history_shape[i].mmu, NULL}, {0}};
	struct git_entry outer[] = {{"100644", "README", history_shape[i].readme, NULL},
		{"40000", "kvm", NULL, folder}, {0}};

	git_put_tree(f->git, inner, folder);
	git_put_tree(f->git, outer, tree);
	str_addf(&text, "tree %s\n", tree);
	for (int p = 0; p < 2 && history_shape[i].parents[p] >= 0; p++)
		str_addf(&text, "parent %s\n", f->oid[history_shape[i].parents[p]]);
	str_addf(&text, "author A <a@b> %d +0000\ncommitter A <a@b> %d +0000\n\ncommit %d\n",
		1000000000 + i, 1000000000 + i, i);
	git_put(f->git, GIT_OBJECT_COMMIT, text.text, text.length, f->oid[i]);
}

static inline int history_open(void **state)
{
	struct history_fixture *f = MEM_NEW(struct history_fixture, 1);
	void *git;

	git_fixture_open(&git);
	f->git = git;
	for (int i = 0; i < HISTORY_COMMITS; i++)
		history_put(f, i);
	*state = f;
	return 0;
}

static inline int history_close(void **state)
{
	struct history_fixture *f = *state;
	void *git = f->git;

	free(f);
	return git_fixture_close(&git);
}

#endif
