/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_ALERT_H
#define RULES_ALERT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"
#include "model/event.h"

/* What a finished confirm means for the events of its branch. */

#define ALERT_OVERLAP	    0.5 /* Jaccard of the flagged cells: the same change */
#define ALERT_LEVEL_KERNELS 3	/* so many later kernels make it the branch's level */

enum alert_kind {
	ALERT_NOTHING,
	ALERT_OPEN,    /* a new event */
	ALERT_MERGE,   /* the same range on another host, or once more */
	ALERT_DIFFERS, /* the same range, not seen on this host */
	ALERT_ATTACH,  /* a later kernel shows the same: silently */
	ALERT_STILL,   /* it is still there, against the event's own base */
	ALERT_FIXED,   /* it is gone */
};

struct alert_answer {
	enum alert_kind kind;
	size_t event; /* index into events, unless NOTHING or OPEN */
	bool level;   /* ATTACH: from now on it is the branch's level */
};

/*
 * c is judged; events are those of its branch that may still change, with their cells,
 * newest first. Pure.
 */
struct alert_answer alert_answer(
	const struct comparison *c, const struct event *events, size_t count);

/* Intersection over union of the flagged cells of c and the event's (hosts aside). */
double alert_overlap(const struct comparison *c, const struct event *event);

#endif
