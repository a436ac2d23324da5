/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_TRACK_H
#define WORK_TRACK_H

#include "io/db.h"
#include "model/history.h"

/*
 * The cells of a family over a window of kernels, each with its levels and the
 * places where they change (stats/shift.h), epoch by epoch: values of different
 * epochs are not compared. *ret has one track a mode; the caller clears each
 * and frees it.
 */
int tracks_load(struct db *db, const struct history_family *family,
	const struct history_window *window, struct history_track **ret, struct err *err);

/* The tracks of a comparison's past (rules/past.h). */
int tracks_load_past(struct db *db, struct history_past *past, struct err *err);

#endif
