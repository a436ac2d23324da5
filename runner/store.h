/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_STORE_H
#define RUNNER_STORE_H

#include <stdint.h>

#include "base/err.h"
#include "sha256.h"

/*
 * The files that came over the link, in one folder under their own names. A
 * file takes its name only when it is complete and its SHA-256 is the one that
 * was announced; until then it is NAME.part, and a later put of the same
 * content goes on from there.
 */
struct store {
	char *folder;
	/* The put that is under way; fd is -1 when there is none. */
	int fd;
	char *name;
	char hash[SHA256_HEX_BYTES];
	uint64_t size_bytes, offset;
	unsigned mode;
	struct sha256 sha;
	struct err fault; /* of a chunk; told by store_commit() */
};

int store_init(struct store *store, const char *folder, struct err *err);
void store_clear(struct store *store);

/*
 * Begins a put. *ret_path is where the file will be (the caller frees),
 * *ret_offset how much of it is there already: size_bytes when all of it is,
 * and then no put is under way.
 */
int store_put(struct store *store, const char *name, const char *hash, uint64_t size_bytes,
	unsigned mode, char **ret_path, uint64_t *ret_offset, struct err *err);

/* Adds content to the put under way; a fault is kept for store_commit(). */
void store_chunk(struct store *store, uint64_t offset, const void *bytes, size_t count);

/* Ends the put: the file is complete and proved, or an error and removed. */
int store_commit(struct store *store, struct err *err);

#endif
