/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_PROCESSES_H
#define STORE_PROCESSES_H

#include "io/db.h"
#include "model/plan.h"
#include "model/raw.h"
#include "model/trial.h"

/* Executions of the test binary, with every raw value they gave. */

/* A process and its values, in one transaction. */
int process_store(struct db *db, int64_t boot_id, const struct scenario *scenario,
	const char *mode, int ordinal, const struct process_report *report,
	const struct process_value *values, size_t value_count, struct err *err);

#endif
