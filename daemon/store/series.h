/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SERIES_H
#define STORE_SERIES_H

#include <stdbool.h>

#include "io/db.h"
#include "model/point.h"

/*
 * Boot values: the one number per boot and cell that screens, histories and
 * pages read. They follow from the raw values, so they may be thrown away and
 * made again at any time (work/record.h).
 */

/* Where a boot comes from, as far as its boot values depend on it. */
struct boot_origin {
	int64_t boot_id, session_id, host_id, plan_id, test_id;
	bool emulated;
	char *recipe;
	char *plan, *plan_text;
	char *kvm_mode, *facts; /* or NULL */
};

void boot_origin_clear(struct boot_origin *origin);

/* -ENOENT when there is no such boot or it does not count. The caller clears *ret. */
int boot_origin_load(struct db *db, int64_t boot_id, struct boot_origin *ret, struct err *err);

/* A boot value on its way into the store. All text is borrowed. */
struct boot_value {
	const char *scenario, *mode, *metric, *unit;
	bool judged;
	double log_value;
};

/*
 * Puts a boot's values in the place of those it had, with the epoch of its
 * origin on this machine, and the series. The caller has a transaction open.
 */
int boot_values_store(struct db *db, const struct boot_origin *origin, const char *machine,
	const struct boot_value *values, size_t count, struct err *err);

/* Forgets all boot values; epochs and series keep their ids. */
int boot_values_forget(struct db *db, struct err *err);

/* Boots that count and are not recorded, oldest first; the caller frees. */
int boots_unrecorded(struct db *db, int64_t **ret_ids, size_t *ret_count, struct err *err);

/*
 * How many epochs the recorded boots of a comparison are in, with the newest
 * boot's in *ret_epoch. More than one: its values are not comparable.
 */
int comparison_epochs(
	struct db *db, int64_t comparison_id, int64_t *ret_epoch, struct err *err);

/* Which boots of an epoch are wanted. */
struct point_wish {
	int64_t epoch_id;
	const char *branch;	/* of their comparison; NULL: any */
	int64_t commit_id;	/* ... or of this commit, whatever the branch; 0: none */
	int64_t from_unix_ms;	/* that began at this time or later */
	int64_t before_unix_ms; /* and before this one */
	int64_t not_comparison; /* and do not belong to it; 0: no matter */
	/* Boots of lab sessions in which the machine was not steady never come. */
	int newest_kernels; /* of the kernels that were measured last, as many; 0: all */
};

/*
 * The boots that are wished for with all their values. moves are those of the
 * branch, so that there are none without one. The caller clears *ret.
 */
int points_load(
	struct db *db, const struct point_wish *wish, struct point_set *ret, struct err *err);

/* The same without points: to read the few that matter, after a look at the boots. */
int points_frame(
	struct db *db, const struct point_wish *wish, struct point_set *ret, struct err *err);

/*
 * Gives a series of the set those points that it has of `count` boots (indexes
 * in the set, rising), in the place of its others.
 */
int points_of(struct db *db, const struct point_set *set, struct point_series *series,
	const size_t *boots, size_t count, struct err *err);

#endif
