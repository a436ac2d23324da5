/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_MAP_H
#define VIEW_MAP_H

#include <stdio.h>

#include "model/comparison.h"

/*
 * The pattern as a picture: a row a configuration, a column a judged metric.
 * Glyph and number come first, the tint only repeats the size of the change.
 * Each field leads to its row (#cell-...).
 */
void map_table(FILE *out, const struct comparison *c);

#endif
