/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_INDEXER_H
#define IO_INDEXER_H

/*
 * How libgit2 stores what it receives: it hands the server's pack on to
 * `git index-pack`, which resolves deltas on all processors. libgit2's own indexer
 * finds the same objects with the same work on one of them.
 */
struct git_odb;

struct indexer {
	const char *repository; /* folder, bare */
	const char *log;	/* file that gets its stderr */
};

/*
 * Makes git index the packs that are received into an object database, once for each
 * that is opened; data is a struct indexer that outlives it. Returns 0, or libgit2's
 * negative error. A pack that git refuses fails with its words, of class
 * GIT_ERROR_INDEXER; a request to stop ends it.
 */
int indexer_install(struct git_odb *odb, void *data);

#endif
