/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_PICTURE_H
#define VIEW_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A plot as a file of its own, for pages that show it with <img>: it brings its
 * colours, light and dark, and says itself when its numbers are those of an
 * emulated host.
 */
struct picture {
	char *bytes; /* NULL: the plot was none */
	size_t size;
	double width, height;
};

/* From what gnuplot wrote, and a title (hostile text). The caller frees ->bytes. */
void picture_make(const char *document, const char *title, bool emulated, struct picture *ret);

#endif
