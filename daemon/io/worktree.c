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

#include <git2.h>

#include "base/mem.h"
#include "base/stop.h"
#include "string/str.h"
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
	const git_error *last = git_error_last();

	return err_set(err, -EIO, "cannot read %s of commit %.12s in %s: %s",
		walk->path.length ? walk->path.text : "the tree", walk->order->commit,
		walk->order->repo, last && last->message ? last->message : "no reason");
}

static int fail_file(
	const struct walk *walk, const char *name, const char *deed, struct err *err)
{
	return err_sys(err, -errno, "cannot %s %s/%s%s", deed, walk->order->folder,
		str_text(&walk->path), name);
}

static int refuse(const struct walk *walk, const char *name, const char *why, struct err *err)
{
	return err_set(err, -EPROTO, "commit %.12s: \"%.400s%.255s\" %s", walk->order->commit,
		str_text(&walk->path), name, why);
}

/* ---- the folder's side; names are single parts, links are never followed ---- */

static DIR *folder_open(int fd, const char *name)
{
	int folder = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *ret;

	if (folder < 0)
		return NULL;
	ret = fdopendir(folder);
	if (!ret)
		close(folder);
	return ret;
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Removes a file, a link or a whole folder; one that is missing is fine. -1 and errno. */
static int remove_at(int fd, const char *name)
{
	auto_folder DIR *folder = NULL;
	struct dirent *entry;

	if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	folder = folder_open(fd, name);
	if (!folder)
		return -1;
	while ((entry = readdir(folder)))
		if (!is_dots(entry->d_name) && remove_at(dirfd(folder), entry->d_name) < 0)
			return -1;
	return unlinkat(fd, name, AT_REMOVEDIR);
}

static int enter(struct walk *walk, int fd, const char *name, int *ret_fd, struct err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int folder = openat(fd, name, flags);

	if (folder < 0 && (errno == ENOTDIR || errno == ELOOP) && remove_at(fd, name) < 0)
		return fail_file(walk, name, "remove", err);
	if (folder < 0 && mkdirat(fd, name, 0777) == 0)
		folder = openat(fd, name, flags);
	if (folder < 0)
		return fail_file(walk, name, "make folder", err);
	*ret_fd = folder;
	return 0;
}

static int write_all(int fd, const char *data, size_t size_bytes)
{
	while (size_bytes) {
		ssize_t n = write(fd, data, size_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size_bytes -= (size_t)n;
	}
	return 0;
}

static int write_link(int fd, const char *name, const void *target, size_t size_bytes)
{
	auto_free char *text = mem_copy(target, size_bytes);

	if (strlen(text) != size_bytes || size_bytes == 0) {
		errno = EINVAL;
		return -1;
	}
	return symlinkat(text, fd, name);
}

static int write_file(
	int fd, const char *name, bool executable, const void *data, size_t size_bytes)
{
	auto_close int file = openat(fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, executable ? 0777 : 0666);

	return file < 0 ? -1 : write_all(file, data, size_bytes);
}

/* ---- one entry ---- */

static bool file_is(int fd, const char *name, const git_tree_entry *entry)
{
	auto_close int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool executable = git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE;
	auto_free char *data = NULL;
	struct stat st;
	git_oid id;

	if (file < 0 || fstat(file, &st) < 0 || !S_ISREG(st.st_mode) ||
		st.st_size > FILE_MAX_BYTES || executable != !!(st.st_mode & S_IXUSR))
		return false;
	data = mem_new((size_t)st.st_size + 1, 1);
	for (off_t at = 0; at < st.st_size;) {
		ssize_t n = read(file, data + at, (size_t)(st.st_size - at));

		if (n <= 0)
			return false;
		at += n;
	}
	return git_odb_hash(&id, data, (size_t)st.st_size, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, git_tree_entry_id(entry));
}

static bool link_is(int fd, const char *name, const git_tree_entry *entry)
{
	char target[4096];
	ssize_t n = readlinkat(fd, name, target, sizeof(target));
	git_oid id;

	return n > 0 && git_odb_hash(&id, target, (size_t)n, GIT_OBJECT_BLOB) == 0 &&
	       git_oid_equal(&id, git_tree_entry_id(entry));
}

static int put_blob(struct walk *walk, int fd, const git_tree_entry *entry, struct err *err)
{
	const char *name = git_tree_entry_name(entry);
	git_filemode_t mode = git_tree_entry_filemode(entry);
	bool is_link = mode == GIT_FILEMODE_LINK;
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
	r = remove_at(fd, name);
	if (r == 0 && is_link)
		r = write_link(fd, name, git_odb_object_data(object), size_bytes);
	else if (r == 0)
		r = write_file(fd, name, mode == GIT_FILEMODE_BLOB_EXECUTABLE,
			git_odb_object_data(object), size_bytes);
	git_odb_object_free(object);
	walk->count.written++;
	return r < 0 ? fail_file(walk, name, "write", err) : 0;
}

static bool is_name(const char *name)
{
	return *name && strlen(name) <= 255 && !is_dots(name) && !strchr(name, '/') &&
	       strcasecmp(name, ".git") != 0;
}

static int sync_folder(
	struct walk *walk, int fd, const git_tree *old, const git_tree *tree, struct err *err);

static int lookup_tree(
	struct walk *walk, const git_tree_entry *entry, git_tree **ret, struct err *err)
{
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
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
	if (r == 0)
		r = enter(walk, fd, git_tree_entry_name(entry), &folder, err);
	if (r < 0)
		return r;
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

static int drop(struct walk *walk, int fd, const char *name, struct err *err)
{
	if (!is_name(name))
		return refuse(walk, name, "is not a name for a file", err);
	if (remove_at(fd, name) < 0)
		return fail_file(walk, name, "remove", err);
	walk->count.removed++;
	return 0;
}

/* In an unknown folder: whatever the tree does not have. */
static int drop_strangers(struct walk *walk, int fd, const git_tree *tree, struct err *err)
{
	auto_folder DIR *folder = folder_open(fd, ".");
	struct dirent *entry;

	if (!folder)
		return fail_file(walk, "", "list", err);
	while ((entry = readdir(folder))) {
		if (is_dots(entry->d_name) || git_tree_entry_byname(tree, entry->d_name))
			continue;
		if (remove_at(fd, entry->d_name) < 0)
			return fail_file(walk, entry->d_name, "remove", err);
		walk->count.removed++;
	}
	return 0;
}

static int drop_old(
	struct walk *walk, int fd, const git_tree *old, const git_tree *tree, struct err *err)
{
	size_t count = git_tree_entrycount(old);

	for (size_t i = 0; i < count; i++) {
		const char *name = git_tree_entry_name(git_tree_entry_byindex(old, i));
		int r;

		if (git_tree_entry_byname(tree, name))
			continue;
		r = drop(walk, fd, name, err);
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
		return fail_file(walk, "", "open", err);
	r = sync_folder(walk, fd, old, tree, err);
	/* The state must not reach the disk before the files do. */
	if (r == 0 && syncfs(fd) < 0)
		r = fail_file(walk, "", "sync", err);
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
