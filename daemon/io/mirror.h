/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_MIRROR_H
#define IO_MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A bare repository that follows another one: all of its branches and tags
 * under their own names, forced updates and deletions included. What was
 * fetched stays: nothing is ever thrown away, so that a commit which was once
 * a tip can be built, compared and bisected for good.
 *
 * One process at a time has a mirror open for fetching. Readers need not care:
 * a ref appears when everything that it leads to is there.
 */
struct mirror;

/*
 * Opens the mirror in the folder at path and makes it when missing; what a
 * fetch that was killed left behind is cleared away. reference is a local
 * repository whose objects are borrowed, for good, or NULL; it is looked at
 * when the mirror is made. -EBUSY while another process fetches.
 */
int mirror_open(struct mirror **ret, const char *path, const char *reference, struct err *err);
void mirror_close(struct mirror *mirror); /* NULL is fine */

/* How far a fetch is. Total 0: not known. Return negative to stop it. */
enum mirror_stage { MIRROR_CONNECTS, MIRROR_RECEIVES, MIRROR_RESOLVES, MIRROR_UPDATES };

struct git_transport;
struct git_remote;
struct git_odb;

struct mirror_fetch {
	const char *url; /* for libgit2 and for sentences */
	const char *ref; /* a ref or pattern besides branches and tags, or NULL */
	/* Opens the way to it; NULL: libgit2's own. transport_open() of io/transport.h. */
	int (*transport)(struct git_transport **ret, struct git_remote *owner, void *data);
	void *transport_data;
	/* Says who stores what is received; NULL: libgit2. indexer_install() of io/indexer.h.
	 */
	int (*indexer)(struct git_odb *odb, void *data);
	void *indexer_data;
	const char *user, *password; /* for a server that asks; user "" or NULL: nobody */
	const char *ca_file;	     /* authorities in the place of the system's; "" or NULL */
	const char *log;	     /* file with what the transport's program said, or NULL */
	void (*on_progress)(void *data, enum mirror_stage stage, int64_t done, int64_t total,
		int64_t bytes);
	void *data;
};

/*
 * Fetches. On failure the refs are as they were, and the code tells the weather:
 * those of text/gitsay.h, -EINTR when stopping was asked for, -EIO for anything
 * else. A server that shows no branch at all is taken for broken (-EPROTO).
 */
int mirror_fetch(struct mirror *mirror, const struct mirror_fetch *fetch, struct err *err);

struct mirror_ref {
	char *name; /* full; hostile, but a good name by git's rules */
	char oid[65];
	int64_t time_s; /* when the commit was made */
};

/*
 * The refs that meet a name or pattern (text/gitref.h) and lead to a commit, the
 * newest commit first; of an annotated tag the commit. The caller frees with
 * mirror_refs_free().
 */
int mirror_refs(struct mirror *mirror, const char *pattern, struct mirror_ref **ret,
	size_t *ret_count, struct err *err);
void mirror_refs_free(struct mirror_ref *refs, size_t count);

#define auto_mirror __attribute__((cleanup(mirror_close_ptr)))
static inline void mirror_close_ptr(struct mirror **mirror)
{
	mirror_close(*mirror);
}

#endif
