/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_DEPARTURES_H
#define STORE_DEPARTURES_H

#include "io/db.h"
#include "model/trial.h"

/*
 * Boots of the machine that we run on: what one process leaves for the next, which
 * starts in another kernel.
 */

int departure_store(
	struct db *db, int64_t boot_id, const struct departure *departure, struct err *err);

/* A boot that began before we did, as far as it is stored. */
struct unfinished {
	struct departure departure;
	struct boot_report report; /* without facts, dmesg and console, which stay stored */
	char side;
	int64_t kernel_id;
	size_t processes, rejected;
	/* Boots of this kernel that were lost in a row just before it. */
	int lost;
	int resets; /* of these: by a reset that nothing explains */
};

/* 1; 0 when golden was not left, or the boot is not running any more. */
int unfinished_load(struct db *db, int64_t boot_id, struct unfinished *ret, struct err *err);
void unfinished_clear(struct unfinished *unfinished);

/* The boot does not count and says nothing; it is to be repeated. */
int boot_lose(struct db *db, int64_t boot_id, enum symptom symptom, const char *reason,
	struct err *err);

#endif
