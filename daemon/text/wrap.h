/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_WRAP_H
#define TEXT_WRAP_H

#include <stdio.h>

/* What fits a mail with an answer or two before it. */
enum { WRAP_COLUMNS = 72 };

/*
 * Prints text for a mail: prose is folded at blanks to WRAP_COLUMNS, words and
 * rows of tables stay whole. A row is what begins with a blank, or has two of them
 * in a row, or a line of dashes.
 */
void wrap_text(FILE *out, const char *text);

#endif
