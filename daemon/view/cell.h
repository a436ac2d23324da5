/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_CELL_H
#define VIEW_CELL_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * One cell of a comparison, by its boots: a dot each, by side, with the means
 * and the band of the minimum effect; and the same in the order of execution.
 */

/* Writes the plot; returns how many it is (0: nothing to draw). */
size_t cell_script(FILE *script, const struct comparison *c, const struct cell *cell);

#endif
