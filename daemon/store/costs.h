/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_COSTS_H
#define STORE_COSTS_H

#include "io/db.h"
#include "rules/bisect.h"

/*
 * What the steps of a bisect took so far in the service, on average and in
 * minutes: building, the boots, and waiting for the host, which steps that are
 * queued together do at the same time. All 0 while no step's job has ended.
 */
int costs_of_bisect(
	struct db *db, int64_t bisect_id, struct bisect_costs *ret, struct err *err);

#endif
