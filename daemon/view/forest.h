/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_FOREST_H
#define VIEW_FOREST_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * The forest column: change, interval and band of the minimum effect of every
 * row on one scale, drawn as one plot and cut into the rows of the table.
 * Lengths are pixels.
 */
enum { FOREST_WIDTH = 200, FOREST_ROW_HEIGHT = 20, FOREST_PLOTS = 2 };

struct forest {
	size_t *row;	    /* of each cell of the comparison; SIZE_MAX: it has none */
	size_t rows;	    /* 0: nothing to draw, and no plots */
	char *const *plots; /* borrowed: what gnuplot made of the script; NULL: tables only */
};

/*
 * Writes the script of FOREST_PLOTS plots, or nothing when no row has a
 * change; returns how many. `order` is the order of the rows (display_order).
 * forest_clear() ends it.
 */
size_t forest_script(FILE *script, struct forest *forest, const struct comparison *c,
	const size_t *order, size_t count);

/* These write nothing while plots are missing. The scale, for the column's head. */
void forest_axis(FILE *out, const struct forest *forest);

/* The piece of one cell, an index into the comparison's cells. */
void forest_row(FILE *out, const struct forest *forest, size_t cell);

void forest_clear(struct forest *forest);

#endif
