/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/ancestry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "git/object.h"
#include "string/str.h"
#include "text/gitref.h"
#include "text/paths.h"

enum { LOOK_EVERY = 1000, PATH_DEPTH_MAX = 64, SKEW_S = 24 * 60 * 60 };

struct ancestry {
	git_repository *git;
	char *path;
};

/* libgit2 keeps one text a thread and overwrites it at the next call: it is used at once. */
static int fail(struct err *err, const struct ancestry *ancestry, const char *what)
{
	return err_set(err, -EIO, "%s in %s: %s", what, ancestry->path, git_last_words());
}

int ancestry_open(struct ancestry **ret, const char *path, struct err *err)
{
	git_repository *git = NULL;

	git_libgit2_init();
	/*
	 * Objects were verified when they were fetched; hashing each again, and keeping commits
	 * that no walk sees twice, takes half of a walk's time.
	 */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT, (size_t)0);
	if (git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0) {
		int r = err_set(
			err, -ENOENT, "cannot open repository %s: %s", path, git_last_words());

		git_libgit2_shutdown();
		return r;
	}
	*ret = MEM_NEW(struct ancestry, 1);
	(*ret)->git = git;
	(*ret)->path = mem_strdup(path);
	return 0;
}

void ancestry_close(struct ancestry *ancestry)
{
	if (!ancestry)
		return;
	git_repository_free(ancestry->git);
	free(ancestry->path);
	free(ancestry);
	git_libgit2_shutdown();
}

/* ---- what a commit touches ---- */

/* The two sides of a folder that differs, and where it is. */
struct comparison {
	git_repository *git;
	const struct strv *patterns;
	struct str path;
	int depth;
};

static int compare_trees(
	struct comparison *c, const git_oid *before, const git_oid *after, bool *ret);

static bool is_tree(const git_tree_entry *entry)
{
	return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

/* An entry that differs: 1 in *ret when it is meant, or something below it is. */
static int compare_entry(struct comparison *c, const git_tree_entry *before,
	const git_tree_entry *after, bool *ret)
{
	const git_tree_entry *any = before ? before : after;
	size_t length = c->path.length;
	enum paths_answer answer;
	int g = 0;

	if (length)
		str_add_char(&c->path, '/');
	str_add(&c->path, git_tree_entry_name(any));
	answer = paths_ask(c->patterns, c->path.text);
	if (answer == PATHS_MEANT)
		*ret = true;
	else if (answer == PATHS_BENEATH && (is_tree(before) || is_tree(after)))
		g = compare_trees(c, is_tree(before) ? git_tree_entry_id(before) : NULL,
			is_tree(after) ? git_tree_entry_id(after) : NULL, ret);
	c->path.length = length;
	c->path.text[length] = '\0';
	return g;
}

static bool is_same(const git_tree_entry *a, const git_tree_entry *b)
{
	return a && b && git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b)) &&
	       git_tree_entry_filemode_raw(a) == git_tree_entry_filemode_raw(b);
}

/* Both trees in step: git sorts the entries of a tree, folders as if with a slash behind. */
static int step_through(
	struct comparison *c, const git_tree *before, const git_tree *after, bool *ret)
{
	size_t i = 0, k = 0, n = before ? git_tree_entrycount(before) : 0;
	size_t m = after ? git_tree_entrycount(after) : 0;
	int g = 0;

	while (g == 0 && !*ret && (i < n || k < m)) {
		const git_tree_entry *a = i < n ? git_tree_entry_byindex(before, i) : NULL;
		const git_tree_entry *b = k < m ? git_tree_entry_byindex(after, k) : NULL;
		int order = !a ? 1 : !b ? -1 : git_tree_entry_cmp(a, b);

		i += order <= 0;
		k += order >= 0;
		if (order || !is_same(a, b))
			g = compare_entry(c, order <= 0 ? a : NULL, order >= 0 ? b : NULL, ret);
	}
	return g;
}

static int compare_trees(
	struct comparison *c, const git_oid *before, const git_oid *after, bool *ret)
{
	auto_git(git_tree) *a = NULL, *b = NULL;
	int g = 0;

	if (c->depth == PATH_DEPTH_MAX) /* no pattern is that deep */
		return 0;
	if (before)
		g = git_tree_lookup(&a, c->git, before);
	if (g == 0 && after)
		g = git_tree_lookup(&b, c->git, after);
	c->depth++;
	if (g == 0)
		g = step_through(c, a, b, ret);
	c->depth--;
	return g;
}

/* Does a commit change one of the paths, seen from its first parent (NULL: it has none)? */
static int touches(struct ancestry *ancestry, const git_commit *commit,
	const git_commit *parent, const struct strv *paths, bool *ret)
{
	struct comparison comparison = {.git = ancestry->git, .patterns = paths};
	int g = compare_trees(&comparison, parent ? git_commit_tree_id(parent) : NULL,
		git_commit_tree_id(commit), ret);

	str_clear(&comparison.path);
	return g;
}

/* ---- the chain ---- */

void ancestry_chain_clear(struct ancestry_chain *chain)
{
	free(chain->steps);
	memset(chain, 0, sizeof(*chain));
}

/* Adds the commit when it counts, the tip always. */
static int look_at(struct ancestry *ancestry, const git_commit *commit,
	const git_commit *parent, const struct ancestry_ask *ask, struct ancestry_chain *chain)
{
	struct ancestry_step step = {.is_merge = git_commit_parentcount(commit) > 1};
	int g = 0;

	if (ask->paths)
		g = touches(ancestry, commit, parent, ask->paths, &step.touches);
	if (g < 0 || (chain->count && !step.touches && !(ask->merges && step.is_merge)))
		return g;
	git_oid_tostr(step.oid, sizeof(step.oid), git_commit_id(commit));
	chain->steps = mem_grow(chain->steps, chain->count + 1, sizeof(step));
	chain->steps[chain->count++] = step;
	return 0;
}

static int first_parent(git_commit **ret, const git_commit *commit)
{
	*ret = NULL;
	return git_commit_parentcount(commit) ? git_commit_parent(ret, commit, 0) : 0;
}

static int look_up(struct ancestry *ancestry, const git_oid *id, const struct ancestry_ask *ask,
	struct ancestry_chain *chain)
{
	auto_git(git_commit) *commit = NULL, *parent = NULL;
	int g = git_commit_lookup(&commit, ancestry->git, id);

	if (g == 0)
		g = first_parent(&parent, commit);
	return g < 0 ? g : look_at(ancestry, commit, parent, ask, chain);
}

/*
 * From first parent to first parent until the old tip, which is where nearly all walks
 * end: each commit is read once. GIT_ENOTFOUND when it does not stand there, which is
 * known a day before its time, and *chain has gathered too much.
 */
static int walk_to(struct ancestry *ancestry, git_commit *tip, const git_oid *old,
	const struct ancestry_ask *ask, struct ancestry_chain *chain)
{
	auto_git(git_commit) *wanted = NULL, *commit = NULL;
	git_time_t oldest;
	size_t seen = 0;
	int g = git_commit_lookup(&wanted, ancestry->git, old);

	if (g == 0)
		g = git_commit_dup(&commit, tip);
	if (g < 0)
		return g;
	oldest = git_commit_time(wanted) - SKEW_S;
	while (!git_oid_equal(git_commit_id(commit), old)) {
		auto_git(git_commit) *parent = NULL;

		if (++seen % LOOK_EVERY == 0 && stop_requested())
			return GIT_EUSER;
		g = first_parent(&parent, commit);
		if (g == 0 && seen > 1 && chain->count < ask->enough)
			g = look_at(ancestry, commit, parent, ask, chain);
		if (g < 0)
			return g;
		if (!parent || git_commit_time(commit) < oldest)
			return GIT_ENOTFOUND;
		git_commit_free(commit);
		commit = take_ptr(parent);
	}
	return 0;
}

/* The commits of the chain behind the tip which the old tip, beside it, does not lead to. */
static int walk_beside(struct ancestry *ancestry, const git_oid *tip, const git_oid *old,
	const struct ancestry_ask *ask, struct ancestry_chain *chain)
{
	auto_git(git_revwalk) *walk = NULL;
	git_oid id;
	size_t seen = 0;
	int g = git_revwalk_new(&walk, ancestry->git);

	if (g < 0)
		return g;
	git_revwalk_simplify_first_parent(walk);
	g = git_revwalk_push(walk, tip);
	if (g == 0)
		g = git_revwalk_hide(walk, old);
	while (g == 0 && chain->count < ask->enough && (g = git_revwalk_next(&id, walk)) == 0) {
		if (++seen % LOOK_EVERY == 0 && stop_requested())
			return GIT_EUSER;
		if (!git_oid_equal(&id, tip))
			g = look_up(ancestry, &id, ask, chain);
	}
	return g == GIT_ITEROVER ? 0 : g;
}

/* From the tip, which is in the chain, to the old one, when it leads there. */
static int walk_chain(struct ancestry *ancestry, git_commit *tip, const git_oid *old,
	const struct ancestry_ask *ask, struct ancestry_chain *chain)
{
	int g = walk_to(ancestry, tip, old, ask, chain);

	if (g != GIT_ENOTFOUND)
		return g;
	chain->count = 1; /* the tip */
	chain->is_forced = git_graph_descendant_of(ancestry->git, git_commit_id(tip), old) != 1;
	return chain->is_forced ? 0
				: walk_beside(ancestry, git_commit_id(tip), old, ask, chain);
}

int ancestry_chain(struct ancestry *ancestry, const struct ancestry_ask *ask,
	struct ancestry_chain *ret, struct err *err)
{
	struct ancestry_chain chain = {.is_forced = false};
	auto_git(git_commit) *tip = NULL;
	git_oid id, old;
	bool has_old = ask->old[0] != '\0';
	int g = git_oid_fromstr(&id, ask->tip);

	if (g == 0)
		g = git_commit_lookup(&tip, ancestry->git, &id);
	if (g == 0)
		g = look_up(ancestry, &id, ask, &chain);
	/* An id that the repository does not know, or not any more, is nobody's ancestor. */
	if (g == 0 && has_old) {
		chain.is_forced = git_oid_fromstr(&old, ask->old) < 0;
		if (!chain.is_forced && !git_oid_equal(&id, &old))
			g = walk_chain(ancestry, tip, &old, ask, &chain);
	}
	if (g == GIT_EUSER)
		err_set(err, -EINTR, "walking through %s was stopped", ancestry->path);
	else if (g < 0)
		fail(err, ancestry, "cannot walk from the tip");
	if (g < 0) {
		ancestry_chain_clear(&chain);
		return g == GIT_EUSER ? -EINTR : -EIO;
	}
	*ret = chain;
	return 0;
}

/* ---- baselines ---- */

static int commit_id(struct ancestry *ancestry, const char *name, git_oid *ret, struct err *err)
{
	auto_git(git_object) *object = NULL, *commit = NULL;

	if (git_revparse_single(&object, ancestry->git, name) < 0 ||
		git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
		return err_set(err, -ENOENT, "there is no commit \"%.200s\" in %s", name,
			ancestry->path);
	*ret = *git_object_id(commit);
	return 0;
}

int ancestry_merge_base(struct ancestry *ancestry, const char *a, const char *b,
	char ret_oid[65], struct err *err)
{
	git_oid one, other, base;
	int g, r = commit_id(ancestry, a, &one, err);

	if (r == 0)
		r = commit_id(ancestry, b, &other, err);
	if (r < 0)
		return r;
	g = git_merge_base(&base, ancestry->git, &one, &other);
	if (g == GIT_ENOTFOUND)
		return 0;
	if (g < 0)
		return fail(err, ancestry, "cannot find a merge base");
	git_oid_tostr(ret_oid, 65, &base);
	return 1;
}

/* A tag that may be the one, and when its commit was made. */
struct candidate {
	git_oid id;
	git_time_t time;
};

static int newest_first(const void *a, const void *b)
{
	git_time_t left = ((const struct candidate *)a)->time;
	git_time_t right = ((const struct candidate *)b)->time;

	return (left < right) - (left > right);
}

static int gather_tags(struct ancestry *ancestry, const char *pattern, struct candidate **ret,
	size_t *ret_count, struct err *err)
{
	auto_git(git_reference_iterator) *iterator = NULL;
	auto_free char *full = mem_printf("refs/tags/%s", pattern);
	git_reference *next;

	if (git_reference_iterator_new(&iterator, ancestry->git) < 0)
		return fail(err, ancestry, "cannot read the tags");
	while (git_reference_next(&next, iterator) == 0) {
		auto_git(git_reference) *ref = next;
		auto_git(git_object) *commit = NULL;

		if (!git_ref_matches(full, git_reference_name(ref)) ||
			git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) < 0)
			continue;
		*ret = mem_grow(*ret, *ret_count + 1, sizeof(**ret));
		(*ret)[(*ret_count)++] = (struct candidate){
			*git_object_id(commit), git_commit_time((git_commit *)commit)};
	}
	return 0;
}

int ancestry_newest_tag(struct ancestry *ancestry, const char *pattern, const char *oid,
	char ret_oid[65], struct err *err)
{
	auto_free struct candidate *tags = NULL;
	size_t count = 0;
	git_oid id;
	int r = commit_id(ancestry, oid, &id, err);

	if (r == 0)
		r = gather_tags(ancestry, pattern, &tags, &count, err);
	if (r < 0)
		return r;
	if (count)
		qsort(tags, count, sizeof(*tags), newest_first);
	for (size_t i = 0; i < count; i++) {
		int g = git_oid_equal(&id, &tags[i].id)
				? 0
				: git_graph_descendant_of(ancestry->git, &id, &tags[i].id);

		if (g < 0)
			return fail(err, ancestry, "cannot look for a tag");
		if (g == 1) {
			git_oid_tostr(ret_oid, 65, &tags[i].id);
			return 1;
		}
	}
	return 0;
}
