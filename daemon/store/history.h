/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "io/db.h"
#include "model/history.h"

/* The history of cells from boot values (work/record.h). */

/* All lines and families, in a few ordered scans. The caller clears *ret. */
int history_map_load(struct db *db, struct history_map *ret, struct err *err);

/*
 * The values of a family over a window of one of its host's lines: ret has room
 * for mode_count * window->count, mode by mode; NAN where there is none.
 */
int history_values(struct db *db, const struct history_family *family,
	const struct history_window *window, double *ret, struct err *err);

#endif
