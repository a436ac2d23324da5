/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_DOTS_H
#define VIEW_DOTS_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * The boots as dots: one figure a judged metric, one line a cell, every boot
 * of the base and of the new kernel in percent of the base's mean.
 */

/* Writes the plots of all metrics that have values; returns how many plots. */
size_t dots_script(FILE *script, const struct comparison *c);

/* The figures, from what gnuplot made of the script (as many as that returned). */
void dots_figures(FILE *out, const struct comparison *c, char *const *plots, size_t count);

#endif
