/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_REPO_H
#define IO_REPO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/kernel.h"

/*
 * A git repository, bare or with a work tree, read through libgit2 (the only
 * other file that sees libgit2 is io/worktree.c). Everything that comes out of
 * a repository is hostile: sizes are bounded, text is kept as bytes.
 */
struct repo;

/*
 * Opens the repository at path itself, never one of a parent folder. Missing,
 * not a repository, or owned by someone else: one sentence with the next step.
 */
int repo_open(struct repo **ret, const char *path, struct err *err);
void repo_close(struct repo *repo); /* NULL is fine */

/*
 * The commit that a name means: a branch, a tag, "refs/...", a commit id, the
 * first digits of one, and git's suffixes (HEAD~3, v6.12^0). -ENOENT for an
 * unknown name (the sentence tells some branches), -ENOTUNIQ for digits that
 * more than one object begins with, -EINVAL for a name that cannot be one or
 * that means no commit.
 *
 * ret->id is 0. The subject is the first paragraph of the message on one line,
 * cut to 1000 bytes; it may be empty. The caller calls commit_clear().
 */
int repo_resolve(struct repo *repo, const char *name, struct commit *ret, struct err *err);

/* Is it the name of a branch, short or not: "next", "kvm-arm64/topic", "refs/heads/next"? */
bool repo_has_branch(struct repo *repo, const char *name);

/* A commit to be made from a patch. */
struct repo_change {
	const char *parent;	 /* full object id of the commit to build on */
	const char *diff;	 /* as `git diff` prints it; text before it is skipped */
	const char *message;	 /* of the commit */
	const char *author_name; /* its author and committer */
	const char *author_mail;
	const char *ref; /* set to the commit, whatever it was: "refs/heads/x"; or NULL */
};

/*
 * Makes a commit without any work tree. The date is one second after the
 * parent's, so that one change on one parent always gives one id. A patch that
 * does not apply is -EPROTO, and the sentence names file and hunk.
 */
int repo_commit_patch(struct repo *repo, const struct repo_change *change, struct commit *ret,
	struct err *err);

#define auto_repo __attribute__((cleanup(repo_close_ptr)))
static inline void repo_close_ptr(struct repo **repo)
{
	repo_close(*repo);
}

#endif
