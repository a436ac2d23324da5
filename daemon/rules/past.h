/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_PAST_H
#define RULES_PAST_H

#include <stddef.h>

#include "model/comparison.h"
#include "model/event.h"
#include "model/history.h"

/* Kernels before a comparison that its page shows. */
enum { PAST_KERNELS = 60 };

/*
 * The past of some cells (indexes into c->cells) of a comparison, out of the
 * plan of all histories: its kernels, marks and families; work/track.h fills
 * in the tracks. event is the one that the comparison is evidence of, or NULL.
 * The count is 0 when its kernels were not recorded. The caller clears *ret.
 */
void past_plan(const struct history_map *map, const struct comparison *c,
	const struct event *event, const size_t *cells, size_t count, struct history_past *ret);

#endif
