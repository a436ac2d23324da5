/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_HISTORY_H
#define IO_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "string/strv.h"

/*
 * Stretches of a repository's history, for a bisect: which commits lie between
 * two, and what a tip would be without one of them. Read through libgit2; no
 * work tree is touched. Names of commits are full object ids.
 */

struct history_commit {
	char oid[65];
	int parents;   /* 2 and more: a merge */
	bool in_paths; /* it differs from its first parent in the paths; true without paths */
	bool gap; /* commits between the one before in the list and this one are left out */
};

struct history {
	struct history_commit *commits; /* oldest first */
	size_t count;
};

void history_clear(struct history *history);

/*
 * The commits from good to bad along first parents, both ends in the list, of
 * the others those that touch one of the paths (git's pathspecs; none: all).
 * -EINVAL when bad does not come after good; the sentence names where they
 * part. -E2BIG for more than HISTORY_MAX commits.
 */
#define HISTORY_MAX 100000
int history_chain(const char *repo, const char *good, const char *bad, const struct strv *paths,
	struct history *ret, struct err *err);

/*
 * What a merge brought in from its parent number `parent`, counted from 1, and
 * 2 at least: the commits along first parents from there that the parents
 * before it do not have. First in the list is the commit where that branch
 * began, last the merge.
 */
int history_side(const char *repo, const char *merge, int parent, const struct strv *paths,
	struct history *ret, struct err *err);

/*
 * Makes the revert of a commit on top of another, in memory, and sets ref
 * ("refs/kvmperf/...") to it, so that it stays. Author and date come from the
 * commits, so that the same revert is the same commit. 0 and its id; -EPROTO
 * when it does not apply cleanly, with the first file in conflict.
 */
int history_revert(const char *repo, const char *commit, const char *onto, const char *ref,
	char ret[65], struct err *err);

#endif
