/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_HISTORY_H
#define VIEW_HISTORY_H

#include <stdio.h>

#include "model/history.h"

/*
 * One cell over a window of kernels: every kernel a dot, levels with the band
 * of two standard deviations of its kernels, changes of level, epochs.
 */

/* A track to be drawn, and what is marked on it; all borrowed. */
struct history_plot {
	const struct history_family *family;
	const struct history_window *window;
	const struct history_track *track;
	const struct history_mark *marks;
	size_t mark_count;
};

/* Writes the plot of a track; returns how many it is (0: nothing to draw). */
size_t history_script(FILE *script, const struct history_plot *plot);

/* What its picture shows, in words: once for several. */
extern const char history_legend[];

/* The figure, from what gnuplot made of the script. */
void history_figure(
	FILE *out, const struct history_plot *plot, size_t mode, const char *picture);

#endif
