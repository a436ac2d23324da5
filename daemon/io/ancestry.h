/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_ANCESTRY_H
#define IO_ANCESTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "string/strv.h"

/*
 * Questions to the history of a repository, answered through libgit2. Every
 * answer takes time and memory for what is new in it, not for what the
 * repository holds. Long walks heed the wish to stop (-EINTR).
 */
struct ancestry;

int ancestry_open(struct ancestry **ret, const char *path, struct err *err);
void ancestry_close(struct ancestry *ancestry); /* NULL is fine */

/* One commit of a chain of first parents. */
struct ancestry_step {
	char oid[65];
	bool is_merge;
	bool touches; /* changes one of the asked paths, seen from its first parent */
};

struct ancestry_ask {
	const char *tip; /* object id of a commit, where the chain begins */
	const char *old; /* what it leads to is left out; "": only the tip is looked at */
	const struct strv *paths; /* text/paths.h; NULL: none is asked for */
	bool merges;		  /* merges count */
	size_t enough;		  /* the walk ends after so many steps that count */
};

struct ancestry_chain {
	/* Newest first: the tip, and those that count: that touch a path, or are a
	 * merge when merges count. */
	struct ancestry_step *steps;
	size_t count;
	bool is_forced; /* old is not an ancestor of tip, or is gone: only the tip is there */
};

int ancestry_chain(struct ancestry *ancestry, const struct ancestry_ask *ask,
	struct ancestry_chain *ret, struct err *err);
void ancestry_chain_clear(struct ancestry_chain *chain);

/* The best common ancestor of two commits, by name or id. 1, or 0 when there is none. */
int ancestry_merge_base(struct ancestry *ancestry, const char *a, const char *b,
	char ret_oid[65], struct err *err);

/*
 * The newest commit that a tag of a pattern ("v6.*") names and that is an
 * ancestor of a commit, but not itself. 1, or 0 when there is none.
 */
int ancestry_newest_tag(struct ancestry *ancestry, const char *pattern, const char *oid,
	char ret_oid[65], struct err *err);

#define auto_ancestry __attribute__((cleanup(ancestry_close_ptr)))
static inline void ancestry_close_ptr(struct ancestry **ancestry)
{
	ancestry_close(*ancestry);
}

#endif
