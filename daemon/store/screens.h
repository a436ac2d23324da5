/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SCREENS_H
#define STORE_SCREENS_H

#include "io/db.h"
#include "model/comparison.h"

/* What screens and confirms leave behind for those that follow them. */

/* A cell by its names; the strings are borrowed or owned as the function says. */
struct cell_name {
	char *scenario, *mode, *metric;
};

/* Frees a list and the strings of its names. */
void cell_names_free(struct cell_name *names, size_t count);

/*
 * Stores what a screen answered (SCREEN_MEASURE is no answer) and, for a
 * confirm, the family; the names are borrowed. In one transaction; once more
 * replaces the answer unless a confirm has begun on it, which keeps its family.
 */
int screen_store(struct db *db, int64_t comparison_id, const struct screen_answer *answer,
	const struct cell_name *family, size_t count, int64_t now_unix_ms, struct err *err);

/* The family that a screen fixed; the caller ends with cell_names_free(). */
int family_load(struct db *db, int64_t screen_id, struct cell_name **ret, size_t *ret_count,
	struct err *err);

/* What became of the confirm that a screen asked for. */
struct screen_sequel {
	int place;	/* of its job among those that wait, from 1; 0: it does not wait */
	char state[16]; /* of its comparison; "": it has not begun */
};

int screen_sequel_load(
	struct db *db, int64_t comparison_id, struct screen_sequel *ret, struct err *err);

/* The comparison is the confirm that a screen asked for. */
int comparison_follow(struct db *db, int64_t comparison_id, int64_t screen_id, struct err *err);

/*
 * Notes the cells that a finished comparison flagged as open moves of their
 * level. The names are borrowed. Moves that were there keep their state; those
 * of cells that are not flagged any more go. What becomes of them follows from
 * the event (store/event_changes.h).
 */
int moves_store(struct db *db, int64_t comparison_id, const struct cell_name *flagged,
	size_t count, struct err *err);

#endif
