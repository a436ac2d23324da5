/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_SEQUENCE_H
#define VIEW_SEQUENCE_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * The boots in their order of execution: how far the cells of each lie from
 * the mean of their own kernel. Drift and interleaving are visible here.
 */

/* Writes the plot when two boots or more have values; returns 1 then, else 0. */
size_t sequence_script(FILE *script, const struct comparison *c);

/* The figure, from what gnuplot made of the script. */
void sequence_figure(FILE *out, const struct comparison *c, const char *plot);

#endif
