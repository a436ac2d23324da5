/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_UNFOLD_H
#define VIEW_UNFOLD_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"
#include "model/history.h"
#include "rules/display.h"

/*
 * What a row of the changes unfolds to: its boots as dots and in their order,
 * the history of its cell, and the commands that show it again. The pictures
 * are files beside the page, which the browser loads when the row is unfolded.
 */

/* A picture's file. */
struct unfold_picture {
	char *name; /* without folders; NULL: there is none */
	double width, height;
	size_t drawn; /* plots in the script: 0 or 1 */
};

struct unfold {
	size_t cells[DISPLAY_UNFOLDED]; /* see display_unfolded() */
	size_t count, worth;
	const struct history_past *past; /* of these cells; borrowed; or NULL */
	struct unfold_picture boots[DISPLAY_UNFOLDED], history[DISPLAY_UNFOLDED];
};

void unfold_clear(struct unfold *unfold);

/* The number of a cell among them, or DISPLAY_UNFOLDED. */
size_t unfold_find(const struct unfold *unfold, size_t cell);

/* What the row of number ->cells[number] unfolds to; up leads to the top of the site. */
void unfold_put(FILE *out, const struct comparison *c, const struct unfold *unfold,
	size_t number, const char *up);

/* The same for programs: the kernels of each cell's history and its changes of level. */
json_t *unfold_json(const struct comparison *c, const struct unfold *unfold);

#endif
