/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_SHEET_H
#define WORK_SHEET_H

#include "io/db.h"
#include "model/comparison.h"
#include "model/site_map.h"

/* Pages that stand for themselves: read from the store by their row, and written. */

int sheet_boot(struct db *db, const char *site_folder, int64_t boot_id, struct err *err);

/* Of a commit, with its builds; of those that failed with the end of their logs. */
int sheet_kernel(struct db *db, const char *site_folder, int64_t commit_id, struct err *err);

int sheet_event(struct db *db, const char *site_folder, int64_t event_id, struct err *err);

/* A comparison that is an older screen, with its answer and its boots only; the caller clears.
 */
int sheet_brief(
	struct db *db, int64_t id, const char *answer, struct comparison *ret, struct err *err);

/* The feed: the newest events, with their stories. */
int sheet_feed(
	struct db *db, const char *site_folder, const struct site_map *map, struct err *err);

#endif
