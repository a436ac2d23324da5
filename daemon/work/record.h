/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_RECORD_H
#define WORK_RECORD_H

#include "base/err.h"
#include "io/db.h"

/*
 * Boot values from raw values: called when a boot has ended and counts, so
 * that screens, histories and pages read one number per boot and cell. The
 * epoch of a boot is made when it is new: host, plan, recipe, test binary, and
 * the facts that define the machine (rules/machine.h).
 */

/*
 * Records one boot, in a transaction of its own; once more gives the same.
 * -ENOENT for a boot that does not count. Raw values are not touched, so a
 * failure here costs nothing: record_missing() makes good for it.
 */
int record_boot(struct db *db, int64_t boot_id, struct err *err);

/* Records the boots that are not recorded yet. Returns their number. */
int record_missing(struct db *db, struct err *err);

/* Forgets all boot values and makes them again from the raw values. Returns their number. */
int record_all(struct db *db, struct err *err);

#endif
