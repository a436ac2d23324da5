/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_QUARANTINE_H
#define STAGE_QUARANTINE_H

#include "config/settings.h"
#include "io/db.h"
#include "model/comparison.h"
#include "work/trust.h"

/*
 * A machine that is not what it was (work/trust.h) measures
 * nothing more until its owner has looked at it: he is told, and nobody who
 * writes kernels. Part of the caller's transaction; nothing for a steady one.
 */
int quarantine_unsteady(struct db *db, const struct settings *settings, int64_t host_id,
	const struct comparison *judged, const struct trust_check *check, int64_t now_unix_ms,
	struct err *err);

#endif
