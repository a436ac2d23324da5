/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DRIFT_H
#define RULES_DRIFT_H

#include "model/drift.h"
#include "model/history.h"
#include "model/judging.h"

/*
 * How a branch moved on a host since its anchor: ten steps of 1 % that nobody
 * flags one by one are seen here. Values are natural logs less the anchor's.
 */

/* One judged metric over all its configurations (a mean of logs is a geometric mean). */
struct drift_metric {
	char *name;
	double *values; /* by kernel of the window; NAN: none */
	size_t cells;	/* that the anchor has and that are not below the floor */
	struct drift_change change;
};

struct drift {
	const struct history_line *line; /* borrowed */
	size_t anchor;			 /* kernel of the line */
	int64_t epoch_id;		 /* of the newest kernel: others are not compared */
	struct history_window window;	 /* the newest kernels */
	struct drift_metric *metrics;	 /* those with cells */
	size_t metric_count;
	size_t kernels, cells;	    /* of the window with values; of all metrics */
	struct drift_change change; /* over all cells */
	struct history_mark *marks; /* events of the branch within the window; owned */
	size_t mark_count;
};

void drift_clear(struct drift *drift);

/* Kernels that a drift shows, and the newest of them whose mean is its end. */
enum { DRIFT_KERNELS = 60, DRIFT_NEWEST = 5 };

/*
 * Chooses epoch, anchor and window: the newest release of the epoch (by its
 * subject), else its first kernel. The line has a kernel. The caller clears *ret.
 */
void drift_plan(const struct history_line *line, struct drift *ret);

/* Adds the events of the branch on this host that lie in the window. */
void drift_add_events(struct drift *drift, const struct history_map *map);

/* Stands for what the page of a planned drift shows. */
fingerprint drift_print(const struct drift *drift);

/*
 * Adds a cell: the log of its value at each kernel of the window and at the
 * anchor. A cell that the anchor has not, or that is below the floor of its
 * unit (most of a percentage would be noise of the counter), does not count.
 */
void drift_add_cell(const struct judging *judging, struct drift *drift, const char *metric,
	const char *unit, const double *values, double anchor);

/*
 * When all cells are added: the mean of the newest kernels behind the anchor, and its interval
 * from how kernels differ that follow each other (which a step in between does
 * not blow up), the anchor counted as one kernel. Needs five kernels.
 */
void drift_finish(struct drift *drift);

/* What the front page says of it. */
void drift_tell(const struct drift *drift, struct drift_word *ret);

/* The name of a kernel as an anchor: "v6.18" for a release, else its first digits. */
void drift_anchor_name(const struct history_kernel *kernel, char ret[41]);

#endif
