/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_GNUPLOT_H
#define IO_GNUPLOT_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/*
 * All plots are drawn by gnuplot. One process draws any number of them: the
 * script says `set terminal svg ...` before each plot command and sets no
 * output, so that one SVG document after the other comes out.
 */

/*
 * Runs a script and gives its `count` documents, in order, in *ret_documents
 * (an array that the caller frees with gnuplot_free). gnuplot may take
 * limit_ms. Fails with a sentence, and leaves *ret_documents alone, when
 * gnuplot is missing, ends with an error (its last words are in the sentence),
 * runs out of time or draws another number of plots.
 */
int gnuplot_draw(
	const char *script, size_t count, int limit_ms, char ***ret_documents, struct err *err);

void gnuplot_free(char **documents, size_t count);

/*
 * A gnuplot that stays between scripts, so that its start is paid once for
 * many pages. It is started by the first script, in that thread. A script that
 * fails ends it: the sentence is gnuplot_draw()'s, and the next script starts
 * another. Each script finds the settings of a new session. A NULL plotter
 * draws like gnuplot_draw().
 */
struct plotter;

struct plotter *plotter_new(void);
void plotter_free(struct plotter *plotter);
int plotter_draw(struct plotter *plotter, const char *script, size_t count, int limit_ms,
	char ***ret_documents, struct err *err);

/*
 * Writes text from outside into a script as a quoted string: nothing in it is
 * special to gnuplot any more. Characters that could be become '?'.
 */
void gnuplot_string(FILE *script, const char *text);

#endif
