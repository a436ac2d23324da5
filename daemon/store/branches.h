/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BRANCHES_H
#define STORE_BRANCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "io/db.h"

/* What is watched: the refs of each [branch NAME], and how the polling of repositories goes. */

struct branch_row {
	int64_t id;
	char *ref;
	char tip[65]; /* last tip that was looked at, "": never */
	bool gone;    /* deleted upstream */
};

/* The refs of a section, by name; the caller frees with branch_rows_free(). */
int branches_load(struct db *db, const char *name, struct branch_row **ret, size_t *ret_count,
	struct err *err);
void branch_rows_free(struct branch_row *rows, size_t count);

/* Stores a ref of a section once; *ret_id is its row. */
int branch_store(struct db *db, const char *name, const char *repository, const char *ref,
	int64_t *ret_id, struct err *err);

/* Its tip was looked at; it is there. */
int branch_look(
	struct db *db, int64_t id, const char *tip, int64_t now_unix_ms, struct err *err);

/* It was deleted upstream. Its tip is forgotten: should it come again, it is new. */
int branch_lose(struct db *db, int64_t id, int64_t now_unix_ms, struct err *err);

/* Jobs that watching added for a section since a time. */
int branch_jobs_since(
	struct db *db, const char *name, int64_t since_unix_ms, int *ret, struct err *err);

/* Has a commit a job of this section? */
int branch_knows(struct db *db, const char *name, const char *oid, bool *ret, struct err *err);

/* When a repository is to be looked at next (0: at once), and its failures in a row. */
int repository_due(struct db *db, const char *url, int64_t *ret_next_unix_ms, int *ret_failures,
	struct err *err);

/* A look at a repository: problem NULL when it was good, else a sentence for people. */
int repository_polled(struct db *db, const char *url, const char *problem, int64_t now_unix_ms,
	int64_t next_unix_ms, struct err *err);

#endif
