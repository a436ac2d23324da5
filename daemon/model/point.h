/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_POINT_H
#define MODEL_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Boot values as they are read back: the history of the cells of one epoch. */

/* One boot of the history. */
struct point_boot {
	int64_t id, comparison_id, session_id, kernel_id, commit_id;
	int64_t commit_time_s; /* rises along first parents */
	int64_t started_unix_ms;
	int64_t ended_unix_ms;
	int sequence; /* in its comparison */
	bool joins; /* may be part of a level: not of a screen that found something, no control
		     */
};

struct point {
	size_t boot; /* index into the set's boots */
	double log_value;
};

/* Since a commit a cell has another level. */
struct point_move {
	int64_t commit_time_s;
	bool accepted; /* it is the branch's level now */
};

/* One cell through time. */
struct point_series {
	int64_t id;
	char *scenario, *mode, *metric, *unit;
	bool judged;
	struct point *points; /* in the order of the boots */
	size_t count;
	struct point_move *moves;
	size_t move_count;
};

struct point_set {
	struct point_boot *boots; /* by commit, then by lab session, then by start */
	size_t boot_count;
	struct point_series *series;
	size_t series_count;
};

void point_set_clear(struct point_set *set);

/* The series of a cell, or NULL. */
struct point_series *point_series_find(const struct point_set *set, const char *scenario,
	const char *mode, const char *metric);

#endif
