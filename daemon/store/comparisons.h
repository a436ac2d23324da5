/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_COMPARISONS_H
#define STORE_COMPARISONS_H

#include "io/db.h"
#include "model/comparison.h"
#include "model/raw.h"

/* Comparisons as they are read back, for judging and for pages. */

/*
 * What is known of a comparison but for its judged numbers: sides, boots,
 * host, plan. The plan's text goes to *ret_plan (the caller frees). -ENOENT
 * when there is no such comparison. The caller clears *ret.
 */
int comparison_load(
	struct db *db, int64_t id, struct comparison *ret, char **ret_plan, struct err *err);

/*
 * The literal command lines of its newest good boot, for scenarios and guest
 * modes that it has by now (rules/measures.h).
 */
int comparison_commands(struct db *db, struct comparison *c, struct err *err);

/*
 * The raw values of the boots that count, of processes that count: warm-up and
 * failed processes and boots that failed or were lost are left out. The caller
 * clears *ret.
 */
int comparison_values(struct db *db, int64_t id, struct raw_set *ret, struct err *err);

/* The same of one boot. */
int boot_raw_values(struct db *db, int64_t boot_id, struct raw_set *ret, struct err *err);

/*
 * The literal command line of a process that counted, of one scenario and guest mode;
 * *ret is untouched when there is none. The caller frees.
 */
int comparison_command(struct db *db, int64_t id, const char *scenario, const char *mode,
	char **ret, struct err *err);

/* The newest done confirm of the same two commits on each other host; the caller frees. */
int comparison_peers(
	struct db *db, int64_t id, int64_t **ret_ids, size_t *ret_count, struct err *err);

/*
 * Done confirms since then that a screen or the history asked for and that are no
 * evidence of an event; the caller frees.
 */
int comparison_unsettled(struct db *db, int64_t since_unix_ms, int64_t **ret_ids,
	size_t *ret_count, struct err *err);

/* A branch, as comparisons carry it, on a host that measured it. */
struct comparison_track {
	char *branch;
	int64_t host_id;
};

int comparison_tracks(
	struct db *db, struct comparison_track **ret, size_t *ret_count, struct err *err);
void comparison_tracks_free(struct comparison_track *tracks, size_t count);

/* Ids of all comparisons, newest first; the caller frees. */
int comparison_list(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err);

/* The newest comparison of two commits (full ids): 1 and *ret_id, or 0. */
int comparison_find(struct db *db, const char *base_oid, const char *new_oid, int64_t *ret_id,
	struct err *err);

/* The newest of a kernel with itself on that host, with that plan, that is done: 1, or 0. */
int comparison_find_aa(struct db *db, const char *host, const char *oid, const char *plan_hash,
	int64_t *ret_id, struct err *err);

/*
 * Full ids of the commits a name means in the store: a full or abbreviated
 * commit id, or "kernel:N" for a row of kernels. Returns their number (at most
 * limit are filled in); the caller frees them.
 */
int commit_lookup(struct db *db, const char *name, char **ret_oids, int limit, struct err *err);

#endif
