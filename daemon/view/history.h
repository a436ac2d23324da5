/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include <stdio.h>

#include "model/history.h"

/*
 * One cell over a window of kernels: every kernel a dot, levels with the band
 * of two standard deviations of its kernels, changes of level, epochs.
 */

/* Writes the plot of a track; returns how many it is (0: nothing to draw). */
size_t history_script(FILE *script, const struct history_family *family,
	const struct history_window *window, const struct history_track *track);

/* The figure, from what gnuplot made of the script. */
void history_figure(FILE *out, const struct history_family *family,
	const struct history_window *window, const struct history_track *track, size_t mode,
	const char *plot);

#endif
