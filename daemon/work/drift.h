/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_DRIFT_H
#define WORK_DRIFT_H

#include "io/db.h"
#include "rules/drift.h"

/* Fills in the values of a planned drift (rules/drift.h): all judged cells of its host. */
int drift_load(
	struct db *db, const struct history_map *map, struct drift *drift, struct err *err);

#endif
