/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/ancestry.h"

#include <errno.h>

#include "git_fixture.h"

/*
 *	a - b ------- m - c	m merges t, which touches virt/kvm; c touches nothing watched
 *	     \- t ---/		f is a root of its own
 */
struct graph {
	char a[OID_BYTES], b[OID_BYTES], t[OID_BYTES], m[OID_BYTES], c[OID_BYTES], f[OID_BYTES];
};

static void put(struct git_fixture *fixture, const char *kvm, const char *other,
	const char *parent, const char *second, char ret[OID_BYTES])
{
	struct git_entry file = {"100644", "kvm_main.c", kvm, NULL};
	struct git_entry files[] = {file, {0}}, folders[] = {{"40000", "kvm", NULL, NULL}, {0}};
	struct git_entry top[] = {
		{"100644", "README", other, NULL}, {"40000", "virt", NULL, NULL}, {0}};
	char folder[OID_BYTES], virt[OID_BYTES], tree[OID_BYTES];
	auto_free char *parents = second ? mem_printf("%s\nparent %s", parent, second) : NULL;

	git_put_tree(fixture, files, folder);
	folders[0].oid = folder;
	git_put_tree(fixture, folders, virt);
	top[1].oid = virt;
	git_put_tree(fixture, top, tree);
	git_put_commit(fixture, tree, parents ? parents : parent, "x\n", ret);
}

static void put_graph(struct git_fixture *fixture, struct graph *g)
{
	put(fixture, "1", "1", NULL, NULL, g->a);
	put(fixture, "1", "2", g->a, NULL, g->b);
	put(fixture, "2", "2", g->b, NULL, g->t);
	put(fixture, "2", "3", g->b, g->t, g->m);
	put(fixture, "2", "4", g->m, NULL, g->c);
	put(fixture, "9", "9", NULL, NULL, g->f);
}

/* The chain as letters of the graph, with "+" behind one that touches. */
static char *chain_of(struct ancestry *ancestry, const struct graph *g,
	const struct ancestry_ask *ask, bool *ret_forced)
{
	const char *const oids[] = {g->a, g->b, g->t, g->m, g->c, g->f};
	struct ancestry_chain chain = {0};
	struct str text = STR_INIT;
	struct err err = ERR_INIT;

	if (ancestry_chain(ancestry, ask, &chain, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < chain.count; i++)
		for (int k = 0; k < 6; k++)
			if (strcmp(chain.steps[i].oid, oids[k]) == 0)
				str_addf(&text, "%c%s", "abtmcf"[k],
					chain.steps[i].touches ? "+" : "");
	*ret_forced = chain.is_forced;
	ancestry_chain_clear(&chain);
	return str_take(&text);
}

static void test_chains(void **state)
{
	struct git_fixture *fixture = *state;
	auto_ancestry struct ancestry *ancestry = NULL;
	auto_strv struct strv paths = STRV_INIT;
	struct graph g;

	put_graph(fixture, &g);
	strv_add(&paths, "virt/kvm*");
	assert_int_equal(ancestry_open(&ancestry, fixture->repo, NULL), 0);

	const struct {
		const char *name, *tip, *old;
		bool by_paths, merges;
		size_t enough;
		const char *want;
		bool forced;
	} rows[] = {
		{"a merge that brings a change touches", g.c, g.a, true, false, 9, "cm+",
			false},
		{"merges count when they are asked for", g.c, g.a, false, true, 9, "cm", false},
		{"the walk ends at the old tip", g.c, g.m, true, false, 9, "c", false},
		{"an old tip beside the chain ends it too", g.c, g.t, true, false, 9, "cm+",
			false},
		{"enough is enough", g.c, g.a, true, false, 1, "c", false},
		{"without an old tip only the tip", g.m, "", true, false, 9, "m+", false},
		{"another root is forced", g.f, g.c, true, false, 9, "f+", true},
		{"a step back is forced", g.b, g.c, true, false, 9, "b", true},
		{"an old tip that is gone is forced", g.c,
			"0123456789012345678901234567890123456789", true, false, 9, "c", true},
		{"the same tip has nothing more", g.c, g.c, true, false, 9, "c", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ancestry_ask ask = {rows[i].tip, rows[i].old,
			rows[i].by_paths ? &paths : NULL, rows[i].merges, rows[i].enough};
		bool forced;
		auto_free char *got = chain_of(ancestry, &g, &ask, &forced);

		if (!got || strcmp(got, rows[i].want) || forced != rows[i].forced)
			fail_msg("%s: %s, forced %d", rows[i].name, got ? got : "", forced);
	}
}

static void test_baselines(void **state)
{
	struct git_fixture *fixture = *state;
	auto_ancestry struct ancestry *ancestry = NULL;
	char found[65] = "";
	struct err err = ERR_INIT;
	struct graph g;

	put_graph(fixture, &g);
	git_put_ref(fixture, "refs/heads/next", g.m);
	git_put_ref(fixture, "refs/tags/v1", g.a);
	git_put_ref(fixture, "refs/tags/v2", g.b);
	git_put_ref(fixture, "refs/tags/v3", g.f);
	git_put_ref(fixture, "refs/tags/w4", g.c);
	assert_int_equal(ancestry_open(&ancestry, fixture->repo, NULL), 0);
	assert_int_equal(ancestry_merge_base(ancestry, g.t, "refs/heads/next", found, &err), 1);
	assert_string_equal(found, g.t);
	assert_int_equal(ancestry_merge_base(ancestry, g.f, "refs/heads/next", found, &err), 0);
	assert_int_equal(
		ancestry_merge_base(ancestry, g.f, "refs/heads/none", found, &err), -ENOENT);
	assert_non_null(strstr(err.text, "refs/heads/none"));
	assert_int_equal(ancestry_newest_tag(ancestry, "v1", g.c, found, &err), 1);
	assert_string_equal(found, g.a);
	assert_int_equal(ancestry_newest_tag(ancestry, "w*", g.c, found, &err), 0);
	assert_int_equal(ancestry_newest_tag(ancestry, "v*", g.f, found, &err), 0);
}

#define FIXTURE git_fixture_open, git_fixture_close, NULL

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"chains of first parents", test_chains, FIXTURE},
		{"merge bases and tags", test_baselines, FIXTURE},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
