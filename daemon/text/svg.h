/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_SVG_H
#define TEXT_SVG_H

#include <stddef.h>
#include <stdio.h>

/*
 * The SVG that gnuplot 5 writes, made fit to be part of a page: no prolog, no
 * definitions (the page carries svg_symbols once), no ids, fonts or empty
 * groups, and the key colours #000001 to #00000F of our scripts replaced by
 * classes, so that the style sheet chooses them for light, dark and print:
 * class sN for a stroke, fN for a filling, cN for text and points. Black
 * becomes currentColor.
 */

/* gnuplot's point shapes, which plots refer to: once a page, before the first plot. */
extern const char svg_symbols[];

/*
 * Width and height of a document, in pixels. Returns 0, or -EPROTO when it is
 * not one that gnuplot has finished.
 */
int svg_size(const char *document, double *ret_width, double *ret_height);

/*
 * Writes the drawing of a document: what goes between
 * <svg viewBox="0 0 W H"> and </svg>. Returns 0, or -EPROTO with nothing
 * written.
 */
int svg_body(FILE *out, const char *document);

/*
 * Writes only element number 1.. of the document's plot command. Returns 0, or
 * -ENOENT when there is none, with nothing written.
 */
int svg_element(FILE *out, const char *document, size_t element);

#endif
