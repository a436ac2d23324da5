/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "io/db.h"
#include "model/event.h"

/* Events as they are read back; store/event_changes.h writes them. */

enum events_which {
	EVENTS_OPEN, /* new, confirmed, acknowledged */
	EVENTS_TOLD, /* all but new */
	EVENTS_ALL,
};

/*
 * Events without cells, steps, evidence and mails, newest first; of one branch,
 * or NULL for all. The caller ends with event_list_free().
 */
int event_list(struct db *db, enum events_which which, const char *branch, struct event **ret,
	size_t *ret_count, struct err *err);

/* One event with all that belongs to it. -ENOENT when there is none; the caller clears. */
int event_load(struct db *db, int64_t id, struct event *ret, struct err *err);

/* The event that a comparison is evidence of: 1 and both set, or 0. The newest of several. */
int event_of_comparison(struct db *db, int64_t comparison_id, int64_t *ret_id,
	enum event_role *ret_role, struct err *err);

/*
 * Does the comparison answer somebody's question, and is no news of a branch? A step of
 * a bisect, a posted series. 1 or 0.
 */
int event_is_question(struct db *db, int64_t comparison_id, struct err *err);

/* The newest step of any event; 0: there is none. */
int event_last_step(struct db *db, int64_t *ret_step, struct err *err);

/*
 * The first event that was confirmed in a step behind this one: 1, the step and the event
 * (without cells and so on; the caller clears), or 0.
 */
int event_next_confirmed(struct db *db, int64_t after_step, int64_t *ret_step,
	struct event *ret, struct err *err);

/* By month of opening, oldest first; the caller frees *ret. */
int event_precision(
	struct db *db, struct event_month **ret, size_t *ret_count, struct err *err);

#endif
