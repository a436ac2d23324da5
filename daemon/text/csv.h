/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_CSV_H
#define TEXT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * A table of comma-separated values (RFC 4180): fields may be in double quotes,
 * lines end in LF or CRLF, a byte order mark at the start and blank lines are
 * passed over. A first line in which no field is a number is the header. All
 * other lines have as many fields as the first. Blanks around a field that is
 * not quoted do not count.
 *
 * Rows are counted from 0, without the header; every row knows its line in the
 * file, for messages. The table owns its memory.
 */
#define CSV_BYTES_MAX	((size_t)256 << 20)
#define CSV_COLUMNS_MAX 4096

struct csv {
	char *name;    /* of the file */
	char *text;    /* what cells and titles point into */
	char **cells;  /* rows * columns, row by row */
	char **titles; /* columns: from the header, else "1", "2", ... */
	size_t *lines; /* rows: where each starts, from 1 */
	size_t rows, columns;
	char *numbers; /* memory of the titles "1", "2", ... */
};

/*
 * Returns 0, or -EINVAL with "NAME:LINE: what is wrong", or -EFBIG. An empty
 * file has no rows and no columns. The caller clears ret.
 */
int csv_parse(struct csv *ret, const char *name, const char *text, size_t size_bytes,
	struct err *err);
void csv_clear(struct csv *csv);

const char *csv_cell(const struct csv *csv, size_t row, size_t column);

/* Which column has this title? False when none has; the first one when several have. */
bool csv_column(const struct csv *csv, const char *title, size_t *ret_column);

/* What a cell holds. "nan" and "inf", as programs print them, are not text. */
enum csv_kind { CSV_EMPTY, CSV_NUMBER, CSV_NOT_FINITE, CSV_TEXT };

/* *ret is written for CSV_NUMBER only. Decimal notation; nothing may follow the number. */
enum csv_kind csv_number(const char *cell, double *ret);

/* -EINVAL with "NAME:LINE: column TITLE is ..., expected a number" when it is no finite number.
 */
int csv_value(const struct csv *csv, size_t row, size_t column, double *ret, struct err *err);

/*
 * Is it a column of numbers? One with at least as many numbers as other cells,
 * empty ones not counted, and one number at least: a broken cell does not make
 * a column text, nor does a number in a column of names make it numeric.
 */
bool csv_is_numeric(const struct csv *csv, size_t column);

#endif
