/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/repo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "git/object.h"
#include "string/str.h"
#include "text/trailers.h"

enum { SUBJECT_MAX = 1000, AUTHOR_MAX = 300, NAME_MAX_BYTES = 255, BRANCHES_TOLD = 5 };
#define PATCH_MAX_BYTES ((size_t)64 << 20)

struct repo {
	git_repository *git;
	char *path;
};

static int code_of(int git_code)
{
	switch (git_code) {
	case GIT_ENOTFOUND:
		return -ENOENT;
	case GIT_EAMBIGUOUS:
		return -ENOTUNIQ;
	case GIT_EINVALIDSPEC:
	case GIT_EPEEL:
		return -EINVAL;
	case GIT_EOWNER:
		return -EPERM;
	case GIT_EAPPLYFAIL:
		return -EPROTO;
	case GIT_ELOCKED:
		return -EBUSY;
	}
	return -EIO;
}

/* libgit2 keeps one text a thread and overwrites it at the next call: copy it at once. */
static int fail(struct err *err, int git_code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static int fail(struct err *err, int git_code, const char *format, ...)
{
	auto_free char *words = mem_strdup(git_last_words());
	auto_str struct str what = STR_INIT;
	va_list args;

	va_start(args, format);
	str_addv(&what, format, args);
	va_end(args);
	return err_set(err, code_of(git_code), "%s: %s", what.text, words);
}

/* libgit2 1.5 does not find what belongs to somebody else. */
static bool is_of_another(const char *path)
{
	static const char *const marks[] = {"HEAD", ".git/HEAD"};
	struct stat folder;

	if (stat(path, &folder) < 0 || folder.st_uid == geteuid())
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		auto_free char *mark = mem_printf("%s/%s", path, marks[i]);

		if (access(mark, F_OK) == 0)
			return true;
	}
	return false;
}

int repo_open(struct repo **ret, const char *path, struct err *err)
{
	git_repository *git = NULL;
	struct repo *repo;
	int g;

	git_libgit2_init();
	g = git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (g == GIT_ENOTFOUND && is_of_another(path))
		g = GIT_EOWNER;
	if (g == GIT_ENOTFOUND)
		err_set(err, -ENOENT,
			"%s is not a git repository: give the folder of a kernel clone, bare "
			"or not",
			path);
	else if (g == GIT_EOWNER)
		err_set(err, -EPERM,
			"repository %s belongs to another user: work as that user, or trust "
			"it with `git config --global --add safe.directory %s`",
			path, path);
	else if (g < 0)
		fail(err, g, "cannot open repository %s", path);
	if (g < 0) {
		git_libgit2_shutdown();
		return g == GIT_ENOTFOUND ? -ENOENT : code_of(g);
	}
	repo = MEM_NEW(struct repo, 1);
	repo->git = git;
	repo->path = mem_strdup(path);
	*ret = repo;
	return 0;
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->git);
	free(repo->path);
	free(repo);
	git_libgit2_shutdown();
}

/* ---- reading ---- */

/* The length of the longest prefix of at most limit bytes that does not end inside a UTF-8
 * sequence; text that is not UTF-8 is cut anywhere. */
static size_t cut(const char *text, size_t length, size_t limit)
{
	size_t n = limit;

	if (length <= limit)
		return length;
	while (n > limit - 3 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return ((unsigned char)text[n] & 0xc0) == 0x80 ? limit : n;
}

/* The first paragraph on one line. */
static char *subject_of(const char *message)
{
	auto_str struct str subject = STR_INIT;
	size_t line;

	message += strspn(message, "\n");
	while ((line = strcspn(message, "\n")) > 0) {
		if (subject.length)
			str_add_char(&subject, ' ');
		str_add_bytes(&subject, message, cut(message, line, SUBJECT_MAX));
		if (subject.length >= SUBJECT_MAX || !message[line])
			break;
		message += line + 1;
	}
	return mem_strndup(
		str_text(&subject), cut(str_text(&subject), subject.length, SUBJECT_MAX));
}

static char *person(const git_signature *who)
{
	const char *name = who && who->name ? who->name : "";
	const char *mail = who && who->email ? who->email : "";

	return mem_printf("%.*s <%.*s>", (int)cut(name, strlen(name), AUTHOR_MAX), name,
		(int)cut(mail, strlen(mail), AUTHOR_MAX), mail);
}

static char *people_of(const git_commit *commit, const char *message)
{
	auto_free char *committer = person(git_commit_committer(commit));
	auto_free char *reviewers = trailers_reviewers(message);

	return mem_printf("committer: %s\n%s", committer, reviewers);
}

static void describe(const git_commit *commit, struct commit *ret)
{
	const char *message = git_commit_message_raw(commit);

	memset(ret, 0, sizeof(*ret));
	git_oid_tostr(ret->oid, sizeof(ret->oid), git_commit_id(commit));
	git_oid_tostr(ret->tree, sizeof(ret->tree), git_commit_tree_id(commit));
	if (git_commit_parentcount(commit) > 0)
		git_oid_tostr(
			ret->parent, sizeof(ret->parent), git_commit_parent_id(commit, 0));
	ret->subject = subject_of(message ? message : "");
	ret->author = person(git_commit_author(commit));
	ret->people = people_of(commit, message ? message : "");
	ret->commit_time_s = git_commit_time(commit);
}

/* "branches: a, b and more", or "it has no branch", for a sentence; the caller frees. */
static char *branches(const struct repo *repo)
{
	auto_git(git_branch_iterator) *iterator = NULL;
	struct str text = STR_INIT;
	git_reference *next;
	git_branch_t kind;
	size_t count = 0;

	if (git_branch_iterator_new(&iterator, repo->git, GIT_BRANCH_LOCAL) < 0)
		return mem_strdup("it has no branch");
	while (git_branch_next(&next, &kind, iterator) == 0) {
		auto_git(git_reference) *branch = next;

		if (++count > BRANCHES_TOLD) {
			str_add(&text, " and more");
			break;
		}
		str_addf(&text, "%s%.100s",
			count > 1 ? ", " : "branches: ", git_reference_shorthand(branch));
	}
	if (!count)
		str_add(&text, "it has no branch");
	return str_take(&text);
}

/*
 * Names come from people and configuration. ':' would search trees and
 * messages, braces reflogs and, again, messages: neither names a commit for
 * good, and a search through a kernel's history takes minutes.
 */
static bool is_name(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MAX_BYTES || name[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] <= ' ' || strchr(":{}*?[\\\x7f", name[i]))
			return false;
	return true;
}

static int find(struct repo *repo, const char *name, git_commit **ret, struct err *err)
{
	auto_git(git_object) *object = NULL;
	git_object *commit = NULL;
	int g;

	if (!is_name(name))
		return err_set(err, -EINVAL, "\"%.255s\" cannot be the name of a commit", name);
	g = git_revparse_single(&object, repo->git, name);
	if (g == GIT_EAMBIGUOUS)
		return err_set(err, -ENOTUNIQ,
			"\"%s\" begins more than one object id in %s: give more digits", name,
			repo->path);
	if (g == GIT_ENOTFOUND || g == GIT_EINVALIDSPEC) {
		auto_free char *told = branches(repo);

		return err_set(
			err, -ENOENT, "no commit \"%s\" in %s (%s)", name, repo->path, told);
	}
	if (g < 0)
		return fail(err, g, "cannot look up \"%s\" in %s", name, repo->path);
	g = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (g == GIT_EPEEL || g == GIT_EINVALIDSPEC)
		return err_set(err, -EINVAL, "\"%s\" in %s is a %s, not a commit", name,
			repo->path, git_object_type2string(git_object_type(object)));
	if (g < 0)
		return fail(err, g, "cannot read commit \"%s\" in %s", name, repo->path);
	*ret = (git_commit *)commit;
	return 0;
}

int repo_resolve(struct repo *repo, const char *name, struct commit *ret, struct err *err)
{
	auto_git(git_commit) *commit = NULL;
	int r = find(repo, name, &commit, err);

	if (r < 0)
		return r;
	describe(commit, ret);
	return 0;
}

bool repo_has_branch(struct repo *repo, const char *name)
{
	auto_git(git_reference) *branch = NULL;
	const char *begin = "refs/heads/";

	if (text_starts(name, begin))
		name += strlen(begin);
	return git_branch_lookup(&branch, repo->git, name, GIT_BRANCH_LOCAL) == 0;
}

/* ---- making a commit ---- */

/* Where the application of a patch is; libgit2 tells before it tries. */
struct place {
	char *file;
	int hunk_line; /* in the old file; 0: no hunk of this file yet */
};

static int at_file(const git_diff_delta *delta, void *data)
{
	struct place *place = data;
	const char *path = delta->old_file.path ? delta->old_file.path : delta->new_file.path;

	free(place->file);
	place->file = mem_strdup(path);
	place->hunk_line = 0;
	return 0;
}

static int at_hunk(const git_diff_hunk *hunk, void *data)
{
	struct place *place = data;

	place->hunk_line = hunk->old_start;
	return 0;
}

static int apply(struct repo *repo, git_commit *parent, const char *diff_text,
	git_oid *ret_tree, struct err *err)
{
	git_apply_options options;
	auto_git(git_diff) *diff = NULL;
	auto_git(git_tree) *before = NULL;
	auto_git(git_index) *after = NULL;
	auto_free char *file = NULL;
	struct place place = {0};
	int g;

	if (strlen(diff_text) > PATCH_MAX_BYTES)
		return err_set(
			err, -EFBIG, "the patch has more than %zu bytes", PATCH_MAX_BYTES);
	g = git_diff_from_buffer(&diff, diff_text, strlen(diff_text));
	if (g < 0)
		return fail(err, GIT_EAPPLYFAIL, "the patch cannot be read");
	if (git_diff_num_deltas(diff) == 0)
		return err_set(err, -EPROTO, "the patch changes no file");
	g = git_commit_tree(&before, parent);
	if (g < 0)
		return fail(err, g, "cannot read the tree of the commit");
	git_apply_options_init(&options, GIT_APPLY_OPTIONS_VERSION);
	options.delta_cb = at_file;
	options.hunk_cb = at_hunk;
	options.payload = &place;
	g = git_apply_to_tree(&after, repo->git, before, diff, &options);
	file = place.file;
	if (g < 0 && place.hunk_line)
		return fail(err, GIT_EAPPLYFAIL,
			"the patch does not apply at %s, hunk at line %d", file,
			place.hunk_line);
	if (g < 0)
		return fail(err, GIT_EAPPLYFAIL, "the patch does not apply at %s",
			file ? file : "its first file");
	g = git_index_write_tree_to(ret_tree, after, repo->git);
	return g < 0 ? fail(err, g, "cannot write the patched tree") : 0;
}

static int write_commit(struct repo *repo, const struct repo_change *change, git_commit *parent,
	const git_oid *tree_id, git_oid *ret_id, struct err *err)
{
	const git_commit *parents[] = {parent};
	auto_git(git_signature) *author = NULL;
	auto_git(git_reference) *moved = NULL;
	auto_git(git_tree) *tree = NULL;
	int g;

	g = git_signature_new(&author, change->author_name, change->author_mail,
		git_commit_time(parent) + 1, 0);
	if (g < 0)
		return fail(err, g, "author \"%s <%s>\" is not usable", change->author_name,
			change->author_mail);
	g = git_tree_lookup(&tree, repo->git, tree_id);
	if (g == 0)
		g = git_commit_create(ret_id, repo->git, NULL, author, author, NULL,
			change->message, tree, 1, parents);
	if (g < 0)
		return fail(err, g, "cannot write a commit to %s", repo->path);
	if (change->ref)
		g = git_reference_create(
			&moved, repo->git, change->ref, ret_id, 1, "commit from a patch");
	return g < 0 ? fail(err, g, "cannot set %s in %s", change->ref, repo->path) : 0;
}

int repo_commit_patch(struct repo *repo, const struct repo_change *change, struct commit *ret,
	struct err *err)
{
	auto_git(git_commit) *parent = NULL, *made = NULL;
	git_oid tree_id, id;
	int r, g;

	r = find(repo, change->parent, &parent, err);
	if (r == 0)
		r = apply(repo, parent, change->diff, &tree_id, err);
	if (r == 0)
		r = write_commit(repo, change, parent, &tree_id, &id, err);
	if (r < 0)
		return r;
	g = git_commit_lookup(&made, repo->git, &id);
	if (g < 0)
		return fail(err, g, "cannot read back the new commit");
	describe(made, ret);
	return 0;
}
