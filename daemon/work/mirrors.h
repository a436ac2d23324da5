/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_MIRRORS_H
#define WORK_MIRRORS_H

#include "base/err.h"
#include "model/branch.h"
#include "sys/progress.h"

/*
 * The mirrors of watched repositories: one a repository, below the state folder,
 * shared by all sections that name the repository.
 */

/* Where the mirror of an address is; the caller frees. NULL for no address. */
char *mirrors_path(const char *state, const char *url);

struct mirrors_order {
	const char *state;		    /* folder */
	const char *url;		    /* of the repository */
	const char *ref;		    /* wanted besides branches and tags, or NULL */
	const char *reference;		    /* as in mirror_open() */
	const struct branch_access *access; /* or NULL */
	struct progress *progress;	    /* or NULL */
};

/*
 * Brings a mirror up to date and makes it when missing; many packs become few. Errors as
 * mirror_fetch() has them, and those of sys/secret.h. -EPERM for a password that would go over
 * a line without TLS, but to this machine itself.
 */
int mirrors_fetch(const struct mirrors_order *order, struct err *err);

#endif
