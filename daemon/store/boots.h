/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BOOTS_H
#define STORE_BOOTS_H

#include <stddef.h>

#include "io/db.h"
#include "model/trial.h"

/* The boots of a comparison: entries into a kernel by kexec, the unit of replication. */

enum run_boot_state { BOOT_RUNNING, BOOT_DONE, BOOT_FAILED, BOOT_LOST };

/* One boot of a run, as the schedule needs it. */
struct run_boot {
	int64_t id;
	int sequence;
	char side; /* 'A' or 'B' */
	enum run_boot_state state;
};

/*
 * The boots of a run in order; the caller frees *ret. Boots that were left
 * running by a process that is gone are marked lost first: with their values
 * they stay in the store, but they do not count.
 */
int boots_load(struct db *db, int64_t run_id, struct run_boot **ret, size_t *ret_count,
	struct err *err);

/*
 * Whether the last boot of a run that came to an end failed: 1 with its side and
 * how (the caller frees *ret_reason, which may be NULL), else 0.
 */
int boots_last_failure(struct db *db, int64_t run_id, char *ret_side, enum failure *ret_failure,
	enum symptom *ret_symptom, char **ret_reason, struct err *err);

int boot_start(struct db *db, int64_t run_id, int64_t session_id, int64_t kernel_id, char side,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err);

/* Stores what is known of a boot so far; its state stays running. */
int boot_record(
	struct db *db, int64_t boot_id, const struct boot_report *report, struct err *err);

/* Ends a boot: done when report->failure is FAILURE_NONE, else failed. */
int boot_end(struct db *db, int64_t boot_id, const struct boot_report *report,
	int64_t now_unix_ms, struct err *err);

#endif
