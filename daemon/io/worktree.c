/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/worktree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stop.h"
#include "git/object.h"
#include "string/str.h"
#include "sys/at.h"
#include "sys/fs.h"

enum { DEPTH_MAX = 64, FILES_MAX = 2000000, PROGRESS_EVERY = 256 };
#define FILE_MAX_BYTES	  (1 << 30)
#define CONTENT_MAX_BYTES ((uint64_t)32 << 30)
#define STATE_MOVING	  "moving\n"

/* A switch under way. */
struct walk {
	const struct worktree_order *order;
	git_repository *git;
	git_odb *objects;
	bool check; /* the folder's content is unknown: compare each file, remove strangers */
	size_t files;
	uint64_t bytes;
	struct worktree_count count;
	struct str path; /* below the folder, for sentences */
	int depth;
};

static void walk_clear(struct walk *walk)
{
	git_odb_free(walk->objects);
	git_repository_free(walk->git);
	str_clear(&walk->path);
	git_libgit2_shutdown();
}

static void tree_clear(git_tree **tree)
{
	git_tree_free(*tree);
}

static void folder_clear(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

#define auto_walk   __attribute__((cleanup(walk_clear)))
#define auto_tree   __attribute__((cleanup(tree_clear)))
#define auto_folder __attribute__((cleanup(folder_clear)))

static int fail_git(const struct walk *walk, struct err *err)
{

	return err_set(err, -EIO, "cannot read %s of commit %.12s in %s: %s",
		walk->path.length ? walk->path.text : "the tree", walk->order->commit,
		walk->order->repo, git_last_words());
}

static int fail_file(
	const struct walk *walk, const char *name, int code, const char *deed, struct err *err)
{
	return err_sys(err, code, "cannot %s %s/%s%s", deed, walk->order->folder,
		str_text(&walk->path), name);
}

static int refuse(const struct walk *walk, const char *name, const char *why, struct err *err)
{
	return err_set(err, -EPROTO, "commit %.12s: \"%.400s%.255s\" %s", walk->order->commit,
		str_text(&walk->path), name, why);
}

static bool is_tree(const git_tree_entry *entry)
{
	return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

static void tell_change(const struct walk *walk, const char *name, bool is_folder)
{
	auto_free char *path = NULL;

	if (!walk->order->on_change)
		return;
	path = mem_printf("%s%s%s", str_text(&walk->path), name, is_folder ? "/" : "");
	walk->order->on_change(path, walk->order->data);
}

/* ---- one entry ---- */

static bool is_content(const void *data, size_t size_bytes, const git_tree_entry *entry)
{
	git_oid id;

	return git_odb_hash(&id, data, size_bytes, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, git_tree_entry_id(entry));
}

static bool file_is(int fd, const char *name, const git_tree_entry *entry)
{
	bool wanted = git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE;
	bool executable;
	auto_free char *data = NULL;
	size_t size_bytes;

	return at_read_file(fd, name, FILE_MAX_BYTES, &data, &size_bytes, &executable) == 0 &&
	       executable == wanted && is_content(data, size_bytes, entry);
}

static bool link_is(int fd, const char *name, const git_tree_entry *entry)
{
	char target[4096];
	ssize_t n = readlinkat(fd, name, target, sizeof(target));

	return n > 0 && is_content(target, (size_t)n, entry);
}

static int write_blob(struct walk *walk, int fd, const git_tree_entry *entry,
	git_odb_object *object, struct err *err)
{
	const char *name = git_tree_entry_name(entry);
	git_filemode_t mode = git_tree_entry_filemode(entry);
	const void *data = git_odb_object_data(object);
	size_t size_bytes = git_odb_object_size(object);
	int r = at_remove(fd, name);

	if (r == 0 && mode == GIT_FILEMODE_LINK)
		r = at_write_link(fd, name, data, size_bytes);
	else if (r == 0)
		r = at_write_file(
			fd, name, mode == GIT_FILEMODE_BLOB_EXECUTABLE, data, size_bytes);
	if (r < 0)
		return fail_file(walk, name, r, "write", err);
	walk->count.written++;
	return 0;
}

static int put_blob(struct walk *walk, int fd, const git_tree_entry *entry, struct err *err)
{
	const char *name = git_tree_entry_name(entry);
	bool is_link = git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK;
	git_odb_object *object = NULL;
	git_object_t type;
	size_t size_bytes;
	int r;

	if (walk->check && (is_link ? link_is(fd, name, entry) : file_is(fd, name, entry)))
		return 0;
	if (git_odb_read_header(&size_bytes, &type, walk->objects, git_tree_entry_id(entry)) <
		0)
		return fail_git(walk, err);
	if (type != GIT_OBJECT_BLOB || (is_link && size_bytes >= 4096))
		return refuse(walk, name, "is not what its tree says", err);
	walk->bytes += size_bytes;
	if (size_bytes > FILE_MAX_BYTES || walk->bytes > CONTENT_MAX_BYTES)
		return refuse(walk, name, "is too much content", err);
	if (git_odb_read(&object, walk->objects, git_tree_entry_id(entry)) < 0)
		return fail_git(walk, err);
	r = write_blob(walk, fd, entry, object, err);
	git_odb_object_free(object);
	return r;
}

static bool is_name(const char *name)
{
	return *name && strlen(name) <= 255 && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && !strchr(name, '/') && strcasecmp(name, ".git") != 0;
}

static int sync_folder(
	struct walk *walk, int fd, const git_tree *old, const git_tree *tree, struct err *err);

static int lookup_tree(
	struct walk *walk, const git_tree_entry *entry, git_tree **ret, struct err *err)
{
	if (!is_tree(entry))
		return 0;
	if (git_tree_lookup(ret, walk->git, git_tree_entry_id(entry)) < 0)
		return fail_git(walk, err);
	return 0;
}

static int put_folder(struct walk *walk, int fd, const git_tree_entry *was,
	const git_tree_entry *entry, struct err *err)
{
	auto_tree git_tree *old = NULL, *tree = NULL;
	auto_close int folder = -1;
	size_t length = walk->path.length;
	int r;

	if (walk->depth >= DEPTH_MAX)
		return refuse(walk, git_tree_entry_name(entry), "is too deep", err);
	r = lookup_tree(walk, entry, &tree, err);
	if (r == 0)
		r = lookup_tree(walk, was, &old, err);
	if (r < 0)
		return r;
	r = at_enter(fd, git_tree_entry_name(entry), &folder);
	if (r < 0)
		return fail_file(walk, git_tree_entry_name(entry), r, "make folder", err);
	str_addf(&walk->path, "%s/", git_tree_entry_name(entry));
	walk->depth++;
	r = sync_folder(walk, folder, old, tree, err);
	walk->depth--;
	walk->path.length = length;
	walk->path.text[length] = '\0';
	return r;
}

static int put_entry(struct walk *walk, int fd, const git_tree_entry *was,
	const git_tree_entry *entry, struct err *err)
{
	const char *name = git_tree_entry_name(entry);

	if (!is_name(name))
		return refuse(walk, name, "is not a name for a file", err);
	if (was && git_oid_equal(git_tree_entry_id(was), git_tree_entry_id(entry)) &&
		git_tree_entry_filemode(was) == git_tree_entry_filemode(entry))
		return 0;
	if (stop_requested())
		return err_set(err, -EINTR, "the checkout was stopped");
	if (++walk->files > FILES_MAX)
		return refuse(walk, name, "is one file too many", err);
	if (!walk->check && !(is_tree(was) && is_tree(entry)))
		tell_change(walk, name, is_tree(was) || is_tree(entry));
	if (walk->order->on_progress && walk->files % PROGRESS_EVERY == 0)
		walk->order->on_progress(walk->files, walk->order->data);
	switch (git_tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		return put_folder(walk, fd, was, entry, err);
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
	case GIT_FILEMODE_LINK:
		return put_blob(walk, fd, entry, err);
	case GIT_FILEMODE_COMMIT:
		return refuse(
			walk, name, "is a submodule, which kernel trees do not have", err);
	case GIT_FILEMODE_UNREADABLE:
		break;
	}
	return refuse(walk, name, "is of an unknown kind", err);
}

/* ---- one folder ---- */

static int drop(struct walk *walk, int fd, const git_tree_entry *entry, struct err *err)
{
	const char *name = git_tree_entry_name(entry);
	int r;

	if (!is_name(name))
		return refuse(walk, name, "is not a name for a file", err);
	tell_change(walk, name, is_tree(entry));
	r = at_remove(fd, name);
	if (r < 0)
		return fail_file(walk, name, r, "remove", err);
	walk->count.removed++;
	return 0;
}

/* In an unknown folder: whatever the tree does not have. */
static int drop_strangers(struct walk *walk, int fd, const git_tree *tree, struct err *err)
{
	auto_folder DIR *folder = NULL;
	struct dirent *entry;
	int r = at_open_folder(fd, ".", &folder);

	if (r < 0)
		return fail_file(walk, "", r, "list", err);
	while ((entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
			git_tree_entry_byname(tree, entry->d_name))
			continue;
		r = at_remove(fd, entry->d_name);
		if (r < 0)
			return fail_file(walk, entry->d_name, r, "remove", err);
		walk->count.removed++;
	}
	return 0;
}

static int drop_old(
	struct walk *walk, int fd, const git_tree *old, const git_tree *tree, struct err *err)
{
	size_t count = git_tree_entrycount(old);

	for (size_t i = 0; i < count; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(old, i);
		int r;

		if (git_tree_entry_byname(tree, git_tree_entry_name(entry)))
			continue;
		r = drop(walk, fd, entry, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* old is the tree that the folder is known to hold; NULL: nothing of it. */
static int sync_folder(
	struct walk *walk, int fd, const git_tree *old, const git_tree *tree, struct err *err)
{
	size_t count = git_tree_entrycount(tree);
	int r = 0;

	if (walk->check)
		r = drop_strangers(walk, fd, tree, err);
	else if (old)
		r = drop_old(walk, fd, old, tree, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		const char *name = git_tree_entry_name(entry);

		r = put_entry(
			walk, fd, old ? git_tree_entry_byname(old, name) : NULL, entry, err);
	}
	return r;
}

/* ---- the whole ---- */

static int open_repo(struct walk *walk, git_tree **ret_tree, struct err *err)
{
	const struct worktree_order *order = walk->order;
	git_commit *commit = NULL;
	git_oid id;
	int g;

	if (strlen(order->commit) != GIT_OID_HEXSZ || git_oid_fromstr(&id, order->commit) < 0)
		return err_set(
			err, -EINVAL, "\"%.100s\" is not a full commit id", order->commit);
	g = git_repository_open_ext(
		&walk->git, order->repo, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (g == 0)
		g = git_repository_odb(&walk->objects, walk->git);
	if (g == 0)
		g = git_commit_lookup(&commit, walk->git, &id);
	if (g == 0)
		g = git_commit_tree(ret_tree, commit);
	git_commit_free(commit);
	return g < 0 ? fail_git(walk, err) : 0;
}

/* The tree that the folder holds for sure, or NULL. */
static git_tree *known_tree(struct walk *walk, const char *state_path)
{
	auto_free char *state = NULL;
	git_tree *tree = NULL;
	git_oid id;

	if (!fs_exists(walk->order->folder) ||
		fs_read(state_path, 4096, &state, NULL, NULL) < 0)
		return NULL;
	if (!text_starts(state, "tree ") || git_oid_fromstr(&id, state + 5) < 0)
		return NULL;
	return git_tree_lookup(&tree, walk->git, &id) < 0 ? NULL : tree;
}

static int write_state(const char *path, const char *text, struct err *err)
{
	return fs_write_atomic(path, text, strlen(text), err);
}

static int sync_all(
	struct walk *walk, const git_tree *old, const git_tree *tree, struct err *err)
{
	auto_close int fd = open(walk->order->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return fail_file(walk, "", -errno, "open", err);
	r = sync_folder(walk, fd, old, tree, err);
	/* The state must not reach the disk before the files do. */
	if (r == 0 && syncfs(fd) < 0)
		r = fail_file(walk, "", -errno, "sync", err);
	return r;
}

int worktree_switch(
	const struct worktree_order *order, struct worktree_count *ret_count, struct err *err)
{
	auto_walk struct walk walk = {.order = order}; /* first: it ends libgit2 */
	auto_free char *state_path = mem_printf("%s.state", order->folder);
	auto_tree git_tree *old = NULL, *tree = NULL;
	char held[64] = "tree ";
	int r;

	git_libgit2_init();
	r = open_repo(&walk, &tree, err);
	if (r < 0)
		return r;
	old = known_tree(&walk, state_path);
	walk.check = !old;
	if (!old || !git_oid_equal(git_tree_id(old), git_tree_id(tree))) {
		r = fs_make_folder(order->folder, err);
		if (r == 0)
			r = write_state(state_path, STATE_MOVING, err);
		if (walk.check && order->on_change)
			order->on_change("", order->data);
		if (r == 0)
			r = sync_all(&walk, old, tree, err);
		if (r < 0)
			return r;
	}
	git_oid_tostr(held + 5, sizeof(held) - 6, git_tree_id(tree));
	strcat(held, "\n");
	r = write_state(state_path, held, err);
	if (r == 0 && ret_count)
		*ret_count = walk.count;
	return r;
}
