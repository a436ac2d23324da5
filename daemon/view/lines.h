/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_LINES_H
#define VIEW_LINES_H

#include <stddef.h>
#include <stdio.h>

#include "model/front_page.h"

/* Tables of one line an object, and comparisons as such lines. up leads to the top. */

/* Begins a table; names are ours, "" is the column of glyphs. */
void lines_begin(FILE *out, const char *kind, const char *const *names, size_t count);
void lines_end(FILE *out);

/* How a comparison's line looks: class, glyph, and its sentence as a link. */
const char *line_class(const struct brief *brief);
char line_glyph(const struct brief *brief);
void line_verdict(FILE *out, const char *up, const struct front_line *line);

/* The whole line: glyph, verdict, branch, host, kernels, kind, time. */
void line_row(FILE *out, const char *up, const struct front_line *line);

#endif
