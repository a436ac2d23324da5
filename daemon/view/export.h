/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_EXPORT_H
#define VIEW_EXPORT_H

#include <stdio.h>

#include "base/err.h"
#include "model/comparison.h"

/* A comparison for programs: the same stored numbers as on the page, all their digits. */

/*
 * One object, documented in kvmperf-export(5): "format" is
 * "kvmperf.comparison", "version" 1. Text that is not valid UTF-8 is repaired
 * with U+FFFD. A number that does not exist is null.
 */
int export_json(FILE *out, const struct comparison *c, struct err *err);

/*
 * One line a cell, RFC 4180, with a line of column names; changes as fractions
 * (0.1 is 10 %). A field that a spreadsheet would take for a formula is
 * preceded by an apostrophe. A number that does not exist is empty.
 */
void export_csv(FILE *out, const struct comparison *c);

#endif
