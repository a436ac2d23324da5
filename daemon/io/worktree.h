/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_WORKTREE_H
#define IO_WORKTREE_H

#include <stddef.h>

#include "base/err.h"

/*
 * A plain folder that holds the files of one commit, for make to build in. It
 * is no git work tree (no .git, no index). FOLDER.state beside it names the
 * tree that it holds, so that going to another commit compares two trees and
 * touches only what differs: all other time stamps stay, and make rebuilds
 * little.
 */
struct worktree_order {
	const char *repo;   /* path of the repository */
	const char *commit; /* full object id */
	const char *folder; /* made when missing */
	/* Called now and then with the number of files looked at so far; may be NULL. */
	void (*on_progress)(size_t files, void *data);
	/*
	 * Called before something is written or removed, with its path below the
	 * folder; that of a folder ends in a slash, and "" says that anything may
	 * change. May be NULL.
	 */
	void (*on_change)(const char *path, void *data);
	void *data;
};

struct worktree_count {
	size_t written; /* files and symbolic links */
	size_t removed; /* names, a folder counts once */
};

/*
 * Brings the folder to the commit's tree. While it works the state says so,
 * and so does a switch that was interrupted; the next one then compares every
 * file by content, removes what the tree does not have, and still leaves equal
 * files alone. Otherwise files that the tree never had (make's) stay.
 *
 * Never writes through a symbolic link. Refuses (-EPROTO) names that are
 * empty, ".", "..", ".git" or contain a slash, submodules, folders deeper than
 * 64, more than 2 million files, and more than 32 GiB of content. -EINTR after
 * a request to stop. ret_count may be NULL.
 */
int worktree_switch(
	const struct worktree_order *order, struct worktree_count *ret_count, struct err *err);

#endif
