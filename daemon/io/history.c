/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "git/object.h"
#include "string/str.h"

/* One question to one repository. */
struct reader {
	git_repository *git;
	const char *path;
	git_strarray paths; /* borrows */
	git_oid *within;    /* sorted: the commits between the ends */
	size_t within_count, within_size;
};

static int fail(const struct reader *reader, const char *what, struct err *err)
{

	return err_set(err, -EIO, "cannot %s in %s: %s", what, reader->path, git_last_words());
}

static int reader_open(
	struct reader *reader, const char *path, const struct strv *paths, struct err *err)
{
	*reader = (struct reader){.path = path};
	if (paths)
		reader->paths = (git_strarray){paths->items, paths->count};
	git_libgit2_init();
	if (git_repository_open_ext(&reader->git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) ==
		0)
		return 0;
	return fail(reader, "open the repository", err);
}

static void reader_close(struct reader *reader)
{
	git_repository_free(reader->git);
	free(reader->within);
	git_libgit2_shutdown();
}
#define auto_reader __attribute__((cleanup(reader_close))) struct reader

static int find(const struct reader *reader, const char *oid, git_commit **ret, struct err *err)
{
	git_oid id;

	if (git_oid_fromstr(&id, oid) < 0)
		return err_set(err, -EINVAL, "\"%.64s\" is no full commit id", oid);
	if (git_commit_lookup(ret, reader->git, &id) < 0)
		return fail(reader, "read a commit of the bisect", err);
	return 0;
}

void history_clear(struct history *history)
{
	free(history->commits);
	*history = (struct history){NULL, 0};
}

/* --- what lies in between --- */

static int compare_ids(const void *a, const void *b)
{
	return git_oid_cmp(a, b);
}

/* All commits that high has, and none of the hidden ones. */
static int find_within(struct reader *reader, const git_oid *high, const git_oid *const *hidden,
	size_t hidden_count, struct err *err)
{
	auto_git(git_revwalk) *walk = NULL;
	git_oid id;
	int g = git_revwalk_new(&walk, reader->git);

	if (g == 0)
		g = git_revwalk_push(walk, high);
	for (size_t i = 0; g == 0 && i < hidden_count; i++)
		g = git_revwalk_hide(walk, hidden[i]);
	while (g == 0 && (g = git_revwalk_next(&id, walk)) == 0) {
		if (reader->within_count == reader->within_size) {
			reader->within_size = 2 * reader->within_size + 64;
			reader->within = mem_grow(
				reader->within, reader->within_size, sizeof(*reader->within));
		}
		reader->within[reader->within_count++] = id;
	}
	if (g != GIT_ITEROVER)
		return fail(reader, "walk the history", err);
	if (reader->within_count)
		qsort(reader->within, reader->within_count, sizeof(*reader->within),
			compare_ids);
	return 0;
}

static bool is_within(const struct reader *reader, const git_oid *id)
{
	return reader->within_count && bsearch(id, reader->within, reader->within_count,
					       sizeof(*reader->within), compare_ids);
}

static int stop_at_first(
	const git_diff *diff, const git_diff_delta *delta, const char *path, void *data)
{
	(void)diff;
	(void)delta;
	(void)path;
	*(bool *)data = true;
	return -1;
}

/* Does a commit change one of the paths against its first parent? */
static int touches(
	const struct reader *reader, const git_commit *commit, bool *ret, struct err *err)
{
	git_diff_options options;
	auto_git(git_commit) *parent = NULL;
	auto_git(git_tree) *before = NULL, *after = NULL;
	auto_git(git_diff) *diff = NULL;
	bool found = false;
	int g;

	*ret = true;
	if (!reader->paths.count)
		return 0;
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.pathspec = reader->paths;
	options.notify_cb = stop_at_first;
	options.payload = &found;
	options.flags = GIT_DIFF_SKIP_BINARY_CHECK;
	g = git_commit_tree(&after, commit);
	if (g == 0 && git_commit_parentcount(commit) > 0)
		g = git_commit_parent(&parent, commit, 0);
	if (g == 0 && parent)
		g = git_commit_tree(&before, parent);
	if (g == 0)
		g = git_diff_tree_to_tree(&diff, reader->git, before, after, &options);
	if (g < 0 && !found)
		return fail(reader, "compare a commit with its parent", err);
	*ret = found;
	return 0;
}

/* --- lists --- */

static int add(struct history *list, const git_commit *commit, bool in_paths, struct err *err)
{
	struct history_commit *c;

	if (list->count == HISTORY_MAX)
		return err_set(err, -E2BIG,
			"more than %d commits lie between the two: give ends that are closer",
			HISTORY_MAX);
	list->commits = mem_grow(list->commits, list->count + 1, sizeof(*list->commits));
	c = &list->commits[list->count++];
	*c = (struct history_commit){
		.parents = (int)git_commit_parentcount(commit), .in_paths = in_paths};
	git_oid_tostr(c->oid, sizeof(c->oid), git_commit_id(commit));
	return 0;
}

static void reverse(struct history *list)
{
	for (size_t i = 0; i < list->count / 2; i++) {
		struct history_commit *other = &list->commits[list->count - 1 - i];
		struct history_commit swapped = list->commits[i];

		list->commits[i] = *other;
		*other = swapped;
	}
}

/*
 * Adds what is within, newest first, from a commit along first parents, and
 * leaves in *at the first commit that is not. `keep` stays whatever its paths.
 */
static int add_chain(const struct reader *reader, git_commit **at, const git_oid *keep,
	struct history *list, struct err *err)
{
	int r = 0;

	while (r == 0 && is_within(reader, git_commit_id(*at))) {
		git_commit *parent = NULL;
		bool in_paths;

		r = touches(reader, *at, &in_paths, err);
		if (r == 0 && (in_paths || git_oid_equal(git_commit_id(*at), keep)))
			r = add(list, *at, in_paths, err);
		else if (r == 0 && list->count)
			list->commits[list->count - 1].gap = true;
		if (r < 0 || git_commit_parentcount(*at) == 0)
			return r;
		if (git_commit_parent(&parent, *at, 0) < 0)
			return fail(reader, "read a parent", err);
		git_commit_free(*at);
		*at = parent;
	}
	return r;
}

static int refuse(const struct reader *reader, const git_commit *good, const git_commit *bad,
	struct err *err)
{
	char names[3][13];
	git_oid base;

	git_oid_tostr(names[0], sizeof(names[0]), git_commit_id(bad));
	git_oid_tostr(names[1], sizeof(names[1]), git_commit_id(good));
	if (git_merge_base(&base, reader->git, git_commit_id(good), git_commit_id(bad)) < 0)
		return err_set(err, -EINVAL,
			"%s does not come after %s: they have no commit "
			"in common",
			names[0], names[1]);
	git_oid_tostr(names[2], sizeof(names[2]), &base);
	if (git_oid_equal(&base, git_commit_id(bad)))
		return err_set(err, -EINVAL,
			"%s comes before %s: give the good commit first, the bad one second",
			names[0], names[1]);
	return err_set(err, -EINVAL,
		"%s does not come after %s: they part at %s; if that one is good, give it "
		"instead",
		names[0], names[1], names[2]);
}

int history_chain(const char *repo, const char *good, const char *bad, const struct strv *paths,
	struct history *ret, struct err *err)
{
	auto_reader reader;
	auto_git(git_commit) *low = NULL, *at = NULL;
	struct history list = {NULL, 0};
	const git_oid *hidden;
	git_oid high;
	int r = reader_open(&reader, repo, paths, err);

	if (r == 0)
		r = find(&reader, good, &low, err);
	if (r == 0)
		r = find(&reader, bad, &at, err);
	if (r < 0)
		return r;
	high = *git_commit_id(at);
	hidden = git_commit_id(low);
	if (git_graph_descendant_of(reader.git, &high, hidden) != 1)
		return refuse(&reader, low, at, err);
	r = find_within(&reader, &high, &hidden, 1, err);
	if (r == 0)
		r = add_chain(&reader, &at, &high, &list, err);
	if (r == 0)
		r = add(&list, low, true, err);
	if (r < 0) {
		history_clear(&list);
		return r;
	}
	reverse(&list);
	*ret = list;
	return 0;
}

int history_side(const char *repo, const char *merge, int parent, const struct strv *paths,
	struct history *ret, struct err *err)
{
	auto_reader reader;
	auto_git(git_commit) *top = NULL, *at = NULL;
	auto_free const git_oid **hidden = NULL;
	struct history list = {NULL, 0};
	git_oid high;
	int r = reader_open(&reader, repo, paths, err);

	if (r == 0)
		r = find(&reader, merge, &top, err);
	if (r < 0)
		return r;
	if (parent < 2 || (unsigned)parent > git_commit_parentcount(top))
		return err_set(err, -EINVAL, "commit %.12s has no parent %d", merge, parent);
	if (git_commit_parent(&at, top, (unsigned)parent - 1) < 0)
		return fail(&reader, "read a parent", err);
	hidden = MEM_NEW(const git_oid *, (size_t)parent);
	for (unsigned i = 0; i < (unsigned)parent - 1; i++)
		hidden[i] = git_commit_parent_id(top, i);
	high = *git_commit_id(top);
	r = find_within(&reader, git_commit_id(at), hidden, (size_t)parent - 1, err);
	if (r == 0)
		r = add(&list, top, true, err);
	if (r == 0)
		r = add_chain(&reader, &at, &high, &list, err);
	if (r == 0)
		r = add(&list, at, true, err);
	if (r < 0) {
		history_clear(&list);
		return r;
	}
	reverse(&list);
	*ret = list;
	return 0;
}

/* --- the revert --- */

static int in_conflict(const struct reader *reader, git_index *index, const char *commit,
	const char *onto, struct err *err)
{
	git_index_conflict_iterator *conflicts = NULL;
	const git_index_entry *of_base = NULL, *ours = NULL, *theirs = NULL, *any;
	int r;

	if (git_index_conflict_iterator_new(&conflicts, index) < 0)
		return fail(reader, "list conflicts", err);
	git_index_conflict_next(&of_base, &ours, &theirs, conflicts);
	any = ours ? ours : theirs ? theirs : of_base;
	r = err_set(err, -EPROTO, "the revert of %.12s does not apply to %.12s: conflict in %s",
		commit, onto, any ? any->path : "a file");
	git_index_conflict_iterator_free(conflicts);
	return r;
}

static int write_revert(const struct reader *reader, const git_commit *undone, git_commit *onto,
	git_index *index, const char *ref, git_oid *ret, struct err *err)
{
	const git_commit *parents[] = {onto};
	auto_git(git_signature) *author = NULL;
	auto_git(git_reference) *moved = NULL;
	auto_git(git_tree) *tree = NULL;
	auto_free char *message = NULL;
	char undone_id[65];
	const char *subject = git_commit_summary((git_commit *)(uintptr_t)undone);
	git_oid tree_id;
	int g;

	git_oid_tostr(undone_id, sizeof(undone_id), git_commit_id(undone));
	message = mem_printf(
		"Revert \"%.500s\"\n\nThis reverts commit %s, to see whether the "
		"tip is as fast without it.\n",
		subject ? subject : "", undone_id);
	g = git_index_write_tree_to(&tree_id, index, reader->git);
	if (g == 0)
		g = git_tree_lookup(&tree, reader->git, &tree_id);
	if (g == 0)
		g = git_signature_new(
			&author, "kvmperf", "kvmperf@localhost", git_commit_time(onto) + 1, 0);
	if (g == 0)
		g = git_commit_create(ret, reader->git, NULL, author, author, NULL, message,
			tree, 1, parents);
	if (g == 0)
		g = git_reference_create(
			&moved, reader->git, ref, ret, 1, "revert to be tested");
	return g < 0 ? fail(reader, "write the revert", err) : 0;
}

int history_revert(const char *repo, const char *commit, const char *onto, const char *ref,
	char ret[65], struct err *err)
{
	git_merge_options options;
	auto_reader reader;
	auto_git(git_commit) *undone = NULL, *tip = NULL;
	auto_git(git_index) *index = NULL;
	git_oid id;
	int r = reader_open(&reader, repo, NULL, err);

	if (r == 0)
		r = find(&reader, commit, &undone, err);
	if (r == 0)
		r = find(&reader, onto, &tip, err);
	if (r < 0)
		return r;
	git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
	if (git_revert_commit(&index, reader.git, undone, tip,
		    git_commit_parentcount(undone) > 1 ? 1 : 0, &options) < 0)
		return fail(&reader, "revert a commit", err);
	if (git_index_has_conflicts(index))
		return in_conflict(&reader, index, commit, onto, err);
	r = write_revert(&reader, undone, tip, index, ref, &id, err);
	if (r == 0)
		git_oid_tostr(ret, 65, &id);
	return r;
}
