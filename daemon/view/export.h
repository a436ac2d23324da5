/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_EXPORT_H
#define VIEW_EXPORT_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "model/comparison.h"

/* A comparison for programs: the same stored numbers as on the page, all their digits. */

/*
 * One object: "format" is "kvmperf.comparison", "version" 1 (a new field does
 * not change it, a changed or lost one does). Changes are fractions (0.1 is
 * 10 %), times ISO 8601 in UTC, values in the unit of their cell. Text that is
 * not valid UTF-8 is repaired with U+FFFD. What does not exist is null.
 */
json_t *export_object(const struct comparison *c); /* NULL: a mistake of ours */
int export_json(FILE *out, const struct comparison *c, struct err *err);

/*
 * One line a cell, RFC 4180, with a line of column names; changes as fractions
 * (0.1 is 10 %). A field that a spreadsheet would take for a formula is
 * preceded by an apostrophe. A number that does not exist is empty.
 */
void export_csv(FILE *out, const struct comparison *c);

/*
 * A quoted field of a CSV line, any bytes; what a spreadsheet would take for a
 * formula is preceded by an apostrophe. No comma follows.
 */
void export_field(FILE *out, const char *value);

#endif
