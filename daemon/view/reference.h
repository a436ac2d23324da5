/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_REFERENCE_H
#define VIEW_REFERENCE_H

#include <stdio.h>

#include "model/comparison.h"

/*
 * The reference table: how people of this field compare two kernels. Mean and
 * standard deviation of the percent change over the guest modes, a row a
 * scenario and metric, a column a kind of memory, the guest modes beneath.
 * Writes nothing when the comparison has no such table.
 */
void reference_table(FILE *out, const struct comparison *c);

/* The same as text of at most 80 columns, for terminal and mail. */
void reference_text(FILE *out, const struct comparison *c);

#endif
