/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "git/object.h"
#include "rules/place.h"
#include "string/str.h"

#define FILE_MAX_BYTES ((git_object_size_t)16 << 20)

enum { WALK_MAX = 2000, OID_BYTES = 65, TAGS_MAX = 4096 };

struct apply {
	git_repository *git;
};

static int fail(struct err *err, int code, const char *what)
{

	return err_set(err, code, "%s: %s", what, git_last_words());
}

int apply_open(struct apply **ret, const char *path, struct err *err)
{
	git_repository *git = NULL;

	git_libgit2_init();
	if (git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0) {
		int r = fail(err, -EIO, "cannot open the repository");

		git_libgit2_shutdown();
		return r;
	}
	*ret = MEM_NEW(struct apply, 1);
	(*ret)->git = git;
	return 0;
}

void apply_close(struct apply *apply)
{
	if (!apply)
		return;
	git_repository_free(apply->git);
	free(apply);
	git_libgit2_shutdown();
}

void apply_close_ptr(struct apply **apply)
{
	apply_close(*apply);
}

/* ---- a patch onto a tree ---- */

static int regular(const git_tree_entry *entry, const char *path, struct err *err)
{
	git_filemode_t mode = git_tree_entry_filemode_raw(entry);

	if (mode == GIT_FILEMODE_LINK)
		return err_set(err, -EPERM,
			"%s is a symbolic link: patches of one are not taken", path);
	if (mode == GIT_FILEMODE_COMMIT)
		return err_set(
			err, -EPERM, "%s is a submodule: patches of one are not taken", path);
	if (mode == GIT_FILEMODE_TREE)
		return err_set(err, -EPROTO,
			"%s is a folder, and the patch takes it for a file", path);
	return 0;
}

/* Moves the hunks of a file to their places in the tree's version of it. */
static int place_file(
	struct apply *apply, git_tree *tree, struct diff_file *file, struct err *err)
{
	auto_git(git_tree_entry) *entry = NULL;
	auto_git(git_blob) *blob = NULL;
	int r;

	if (!file->old_path) {
		if (git_tree_entry_bypath(&entry, tree, file->new_path) == 0)
			return err_set(err, -EPROTO,
				"%s: the patch creates this file, and it is there already",
				file->new_path);
		return place_hunks(file->hunks, file->hunk_count, file->new_path, "", 0, err);
	}
	if (git_tree_entry_bypath(&entry, tree, file->old_path) < 0)
		return err_set(err, -EPROTO,
			"%s: the patch changes this file, and it is missing", file->old_path);
	r = regular(entry, file->old_path, err);
	if (r < 0)
		return r;
	if (git_blob_lookup(&blob, apply->git, git_tree_entry_id(entry)) < 0)
		return fail(err, -EIO, "cannot read a file of the base");
	if (git_blob_rawsize(blob) > FILE_MAX_BYTES)
		return err_set(err, -EFBIG, "%s has more than 16 MiB", file->old_path);
	return place_hunks(file->hunks, file->hunk_count, file->old_path,
		git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), err);
}

static int apply_tree(
	struct apply *apply, git_tree *tree, struct diff *diff, git_oid *ret, struct err *err)
{
	auto_git(git_diff) *parsed = NULL;
	auto_git(git_index) *index = NULL;
	auto_str struct str text = STR_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < diff->file_count; i++) {
		r = place_file(apply, tree, &diff->files[i], err);
		if (r == 0)
			diff_write(&diff->files[i], &text);
	}
	if (r < 0)
		return r;
	if (git_diff_from_buffer(&parsed, str_text(&text), text.length) < 0)
		return fail(err, -EPROTO, "the patch cannot be read");
	if (git_apply_to_tree(&index, apply->git, tree, parsed, NULL) < 0)
		return fail(err, -EPROTO, "the patch does not apply");
	if (git_index_write_tree_to(ret, index, apply->git) < 0)
		return fail(err, -EIO, "cannot write the patched tree");
	return 0;
}

static int write_commit(struct apply *apply, const struct apply_change *change,
	git_commit *parent, const git_oid *tree_id, git_oid *ret, struct err *err)
{
	const git_commit *parents[] = {parent};
	auto_git(git_signature) *author = NULL, *committer = NULL;
	auto_git(git_tree) *tree = NULL;

	if (git_signature_new(&author, change->author_name, change->author_mail,
		    change->date_s < 0 ? 0 : change->date_s, change->date_offset_min) < 0 ||
		git_signature_new(&committer, "kvmperf", "kvmperf@localhost",
			git_commit_time(parent) + 1, 0) < 0)
		return fail(err, -EPROTO, "the author of the patch is not usable");
	if (git_tree_lookup(&tree, apply->git, tree_id) < 0 ||
		git_commit_create(ret, apply->git, NULL, author, committer, NULL,
			change->message, tree, 1, parents) < 0)
		return fail(err, -EIO, "cannot write a commit");
	return 0;
}

int apply_commit(
	struct apply *apply, const struct apply_change *change, char *ret, struct err *err)
{
	auto_git(git_commit) *parent = NULL;
	auto_git(git_tree) *tree = NULL;
	git_oid parent_id, tree_id, id;
	int r;

	if (git_oid_fromstr(&parent_id, change->parent) < 0 ||
		git_commit_lookup(&parent, apply->git, &parent_id) < 0 ||
		git_commit_tree(&tree, parent) < 0)
		return fail(err, -EIO, "cannot read the commit to apply to");
	r = apply_tree(apply, tree, change->diff, &tree_id, err);
	if (r == 0)
		r = write_commit(apply, change, parent, &tree_id, &id, err);
	if (r == 0)
		git_oid_tostr(ret, OID_BYTES, &id);
	return r;
}

int apply_ref(struct apply *apply, const char *ref, const char *oid, struct err *err)
{
	auto_git(git_reference) *made = NULL;
	git_oid id;

	if (git_oid_fromstr(&id, oid) < 0 ||
		git_reference_create(&made, apply->git, ref, &id, 1, "posted series") < 0)
		return fail(err, -EIO, "cannot set the ref of the series");
	return 0;
}

/* ---- where a series may start ---- */

struct tag {
	char *name;
	int64_t time_s;
};

static int newer_tag(const void *a, const void *b)
{
	int64_t x = ((const struct tag *)a)->time_s, y = ((const struct tag *)b)->time_s;

	return (x < y) - (x > y);
}

void apply_tags(struct apply *apply, size_t limit, struct strv *ret)
{
	git_strarray names = {0};
	struct tag *tags;
	size_t count = 0;

	if (git_tag_list(&names, apply->git) < 0)
		return;
	tags = MEM_NEW(struct tag, names.count + 1);
	for (size_t i = 0; i < names.count && i < TAGS_MAX; i++) {
		auto_free char *full = mem_printf("refs/tags/%s^{commit}", names.strings[i]);
		auto_git(git_object) *object = NULL;

		if (git_revparse_single(&object, apply->git, full) < 0)
			continue;
		tags[count++] =
			(struct tag){names.strings[i], git_commit_time((git_commit *)object)};
	}
	qsort(tags, count, sizeof(*tags), newer_tag);
	for (size_t i = 0; i < count && i < limit; i++)
		strv_addf(ret, "refs/tags/%s", tags[i].name);
	free(tags);
	git_strarray_dispose(&names);
}

static bool has_patch_id(struct apply *apply, const git_oid *id, const git_oid *wanted)
{
	auto_git(git_commit) *commit = NULL, *parent = NULL;
	auto_git(git_tree) *before = NULL, *after = NULL;
	auto_git(git_diff) *diff = NULL;
	git_oid found;

	if (git_commit_lookup(&commit, apply->git, id) < 0 ||
		git_commit_parentcount(commit) != 1 ||
		git_commit_parent(&parent, commit, 0) < 0 ||
		git_commit_tree(&before, parent) < 0 || git_commit_tree(&after, commit) < 0 ||
		git_diff_tree_to_tree(&diff, apply->git, before, after, NULL) < 0)
		return false;
	return git_diff_num_deltas(diff) > 0 && git_diff_patchid(&found, diff, NULL) == 0 &&
	       git_oid_equal(&found, wanted);
}

bool apply_find_patch(struct apply *apply, const char *patch_id, char *ret)
{
	auto_git(git_revwalk) *walk = NULL;
	git_oid wanted, id;

	if (git_oid_fromstr(&wanted, patch_id) < 0 || git_revwalk_new(&walk, apply->git) < 0 ||
		git_revwalk_sorting(walk, GIT_SORT_TIME) < 0 ||
		git_revwalk_push_glob(walk, "refs/heads/*") < 0)
		return false;
	for (int n = 0; n < WALK_MAX && git_revwalk_next(&id, walk) == 0; n++)
		if (has_patch_id(apply, &id, &wanted)) {
			git_oid_tostr(ret, OID_BYTES, &id);
			return true;
		}
	return false;
}
