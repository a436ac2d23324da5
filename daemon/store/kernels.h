/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_KERNELS_H
#define STORE_KERNELS_H

#include "base/failure.h"
#include "io/db.h"
#include "model/kernel.h"

/* Commits, the kernels built from them, and test binaries. */

/* Stores a commit once and sets commit->id. */
int commit_store(struct db *db, struct commit *commit, struct err *err);

/* The stored commit of that row: 1, or 0 when there is none. The caller clears it. */
int commit_load(struct db *db, int64_t id, struct commit *ret, struct err *err);

/* How the build of a commit went, built or not. */
struct kernel_record {
	struct kernel kernel;
	enum failure failure; /* FAILURE_NONE: it was built */
	enum symptom symptom;
	char *reason;
};

void kernel_record_clear(struct kernel_record *record);

/*
 * The stored build of a commit with a recipe (hash over configuration input
 * and toolchain). 1 and *ret filled in, 0 when there is none.
 */
int kernel_find(struct db *db, int64_t commit_id, const char *recipe, struct kernel_record *ret,
	struct err *err);

/* Stores a build, replacing an older record of the same commit and recipe; sets kernel.id. */
int kernel_store(struct db *db, const char *recipe, struct kernel_record *record,
	int64_t now_unix_ms, struct err *err);

/* A test binary by its hash; the caller frees *ret_path. 1 found, 0 not. */
int test_find(
	struct db *db, int64_t test_id, char **ret_path, char **ret_sha256, struct err *err);

/*
 * The test binary of a program ("dirty_log_perf_test") that was last built from
 * a commit. 1 and both set, the caller frees *ret_path; 0 when there is none.
 */
int test_find_built(struct db *db, const char *source_oid, const char *program, int64_t *ret_id,
	char **ret_path, struct err *err);

/* Stores a test binary once, with the commit that it was last built from; *ret_id is its row.
 */
int test_store(struct db *db, const char *sha256, const char *path, const char *source_oid,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err);

#endif
