/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_MIRRORS_H
#define WORK_MIRRORS_H

#include "base/err.h"
#include "sys/progress.h"

/*
 * The mirrors of watched repositories: one a repository, below the state folder,
 * shared by all sections that name the repository.
 */

/* Where the mirror of an address is; the caller frees. NULL for no address. */
char *mirrors_path(const char *state, const char *url);

/*
 * Brings a mirror up to date and makes it when missing. ref is a ref or pattern
 * that is wanted besides branches and tags, or NULL; reference as in
 * mirror_open(). progress may be NULL. Errors as mirror_fetch() has them.
 */
int mirrors_fetch(const char *state, const char *url, const char *ref, const char *reference,
	struct progress *progress, struct err *err);

#endif
