/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_APPLY_H
#define IO_APPLY_H

#include <stdint.h>

#include "base/err.h"
#include "rules/diff.h"
#include "string/strv.h"

/*
 * Commits made from patches of other people, in a repository's object store alone: no
 * work tree, no index file. Context must match to the byte (rules/place.h).
 */
struct apply;

int apply_open(struct apply **ret, const char *path, struct err *err);
void apply_close(struct apply *apply);
void apply_close_ptr(struct apply **apply);
#define auto_apply __attribute__((cleanup(apply_close_ptr)))

struct apply_change {
	const char *parent; /* full id */
	struct diff *diff;  /* its hunks are moved to their places */
	const char *message, *author_name, *author_mail;
	int64_t date_s; /* of the author */
	int date_offset_min;
};

/*
 * Makes one commit. Its committer is kvmperf, a second after the parent's date: one
 * patch on one parent always gives one id. -EPROTO and a sentence with file and
 * hunk when it does not apply, -EPERM when it touches a link or a submodule.
 * ret has room for a full id and a NUL, 65 bytes.
 */
int apply_commit(
	struct apply *apply, const struct apply_change *change, char *ret, struct err *err);

/* Sets a ref to a commit, whatever it was. */
int apply_ref(struct apply *apply, const char *ref, const char *oid, struct err *err);

/* Names of at most limit tags, by the date of their commits, newest first. */
void apply_tags(struct apply *apply, size_t limit, struct strv *ret);

/*
 * The commit of a branch that a patch with this patch id made; looks at the 2000
 * newest of all branches. False when there is none.
 */
bool apply_find_patch(struct apply *apply, const char *patch_id, char *ret);

#endif
