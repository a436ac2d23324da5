/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_EVENT_CHANGES_H
#define STORE_EVENT_CHANGES_H

#include "io/db.h"
#include "model/event.h"

/*
 * What happens to an event. None of these begins or ends a transaction: what
 * belongs together is for the caller (notice/alert.h) to say.
 *
 * With state and evidence of an event go the levels of its cells (`moves`, see
 * work/screen.h), whoever changes it. An event that somebody acknowledged, will
 * not fix, or saw fixed, and one that has become the level of its branch, has
 * moved it: its moves are 'accepted', and screens compare with what was measured
 * since. Of an 'invalid' one they are 'void'. Else they are 'open'.
 */

/*
 * Stores a new event in its state, with its cells; its commits need their rows'
 * ids and its cells their host's. Sets event->id and writes the first step.
 */
int event_add(
	struct db *db, struct event *event, const char *who, const char *why, struct err *err);

/*
 * Changes the state, compare first, and writes the step; -ESTALE when it is in
 * another state than `from`. Whether it may is for rules/lifecycle.h.
 */
int event_move(struct db *db, int64_t id, enum event_state from, enum event_state to,
	const char *who, const char *why, int64_t now_unix_ms, struct err *err);

/*
 * Another comparison speaks for an event that nobody was told of yet: its metric, change,
 * counts and sentence take the place of those that it was added with.
 */
int event_restate(struct db *db, const struct event *event, struct err *err);

/* A step that changes no state. */
int event_note(struct db *db, int64_t id, const char *who, const char *why, int64_t now_unix_ms,
	struct err *err);

/* Adds evidence, once; 1 when it is new, 0 when it was there. */
int event_add_evidence(struct db *db, int64_t id, int64_t comparison_id, enum event_role role,
	int64_t now_unix_ms, struct err *err);

/* Adds the rows of another host, or replaces them. */
int event_add_cells(struct db *db, int64_t id, const struct event_cell *cells, size_t count,
	struct err *err);

/* Counts one more kernel that shows it; level: from now on it is the branch's level. */
int event_attach(struct db *db, int64_t id, bool level, int64_t now_unix_ms, struct err *err);

/* A smaller range, and the one commit when culprit is not 0. */
int event_narrow(struct db *db, int64_t id, int64_t from_commit, int64_t to_commit,
	int64_t culprit, int64_t now_unix_ms, struct err *err);

/* How its opening was told: "mail" or "digest". */
int event_tell(struct db *db, int64_t id, const char *told, struct err *err);

#endif
