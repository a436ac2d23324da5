/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_CHAPTERS_H
#define RULES_CHAPTERS_H

#include "base/fingerprint.h"
#include "model/history.h"

/*
 * How the histories of a site are cut into pages: of each family the newest
 * kernels of all branches on one, and what is older in chapters of one branch
 * each, which stay as they are while the branch grows.
 */
struct chapters {
	struct history_page *pages; /* without tracks; they borrow from the map */
	fingerprint *prints;	    /* of what each page shows */
	size_t count;
};

void chapters_plan(const struct history_map *map, struct chapters *ret);
void chapters_clear(struct chapters *chapters);

#endif
