/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

#define TITLE_BYTES 8

struct reader {
	struct csv csv;
	char *at;
	size_t line;		  /* of at, from 1 */
	size_t cells, cells_room; /* used, allocated */
	size_t rows_room;
	struct err *err;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool at_end(const char *at)
{
	return *at == '\0' || *at == '\n' || (*at == '\r' && (at[1] == '\n' || at[1] == '\0'));
}

static void add_cell(struct reader *r, char *cell)
{
	if (r->cells == r->cells_room) {
		r->cells_room = r->cells_room * 2 + 64;
		r->csv.cells = mem_grow(r->csv.cells, r->cells_room, sizeof(*r->csv.cells));
	}
	r->csv.cells[r->cells++] = cell;
}

static void skip_blanks(struct reader *r)
{
	while (is_blank(*r->at))
		r->at++;
}

/* A field is at cell and ends at stop, where its NUL goes; at moves to what separates it. */
struct field {
	char *cell, *stop;
};

/* Unquotes in place. */
static int read_quoted(struct reader *r, struct field *ret)
{
	size_t start = r->line;
	char *to = ++r->at;

	ret->cell = to;
	for (;; r->at++) {
		if (*r->at == '\0')
			return err_set(r->err, -EINVAL,
				"%s:%zu: a quote is opened and not closed", r->csv.name, start);
		if (*r->at == '"' && *++r->at != '"')
			break;
		r->line += *r->at == '\n';
		*to++ = *r->at;
	}
	ret->stop = to;
	skip_blanks(r);
	if (*r->at != ',' && !at_end(r->at))
		return err_set(r->err, -EINVAL, "%s:%zu: text follows a closing quote",
			r->csv.name, r->line);
	return 0;
}

static void read_plain(struct reader *r, struct field *ret)
{
	ret->cell = r->at;
	while (*r->at != ',' && !at_end(r->at))
		r->at++;
	ret->stop = r->at;
	while (ret->stop > ret->cell && is_blank(ret->stop[-1]))
		ret->stop--;
}

static void end_line(struct reader *r)
{
	r->at += *r->at == '\r';
	if (*r->at == '\n') {
		r->at++;
		r->line++;
	}
}

static int read_line(struct reader *r, size_t *ret_fields)
{
	size_t fields = 0;
	bool more;

	do {
		struct field field = {r->at, r->at};
		int status = 0;

		skip_blanks(r);
		if (*r->at == '"')
			status = read_quoted(r, &field);
		else
			read_plain(r, &field);
		if (status < 0)
			return status;
		if (++fields > CSV_COLUMNS_MAX)
			return err_set(r->err, -EFBIG, "%s:%zu: more than %d fields",
				r->csv.name, r->line, CSV_COLUMNS_MAX);
		/* the separator is read before the NUL, which may take its place, is written */
		more = *r->at == ',';
		if (more)
			r->at++;
		else
			end_line(r);
		*field.stop = '\0';
		add_cell(r, field.cell);
	} while (more);
	*ret_fields = fields;
	return 0;
}

static bool skip_blank_line(struct reader *r)
{
	char *start = r->at;

	skip_blanks(r);
	if (!at_end(r->at)) {
		r->at = start;
		return false;
	}
	end_line(r);
	return true;
}

static int read_rows(struct reader *r)
{
	while (*r->at) {
		size_t line = r->line, fields = 0;
		int status;

		if (skip_blank_line(r))
			continue;
		status = read_line(r, &fields);
		if (status < 0)
			return status;
		if (r->csv.columns == 0)
			r->csv.columns = fields;
		if (fields != r->csv.columns)
			return err_set(r->err, -EINVAL,
				"%s:%zu: %zu fields, expected %zu as in the first line",
				r->csv.name, line, fields, r->csv.columns);
		if (r->csv.rows == r->rows_room) {
			r->rows_room = r->rows_room * 2 + 64;
			r->csv.lines =
				mem_grow(r->csv.lines, r->rows_room, sizeof(*r->csv.lines));
		}
		r->csv.lines[r->csv.rows++] = line;
	}
	return 0;
}

/* The first row becomes the titles when it is a header, or they are counted. */
static void take_titles(struct csv *csv)
{
	bool header = csv->rows > 0;
	double ignored;

	csv->titles = MEM_NEW(char *, csv->columns + 1);
	for (size_t i = 0; i < csv->columns; i++)
		header = header && csv_number(csv->cells[i], &ignored) != CSV_NUMBER;
	if (header) {
		memcpy(csv->titles, csv->cells, csv->columns * sizeof(*csv->titles));
		csv->rows--;
		memmove(csv->cells, csv->cells + csv->columns,
			csv->rows * csv->columns * sizeof(*csv->cells));
		memmove(csv->lines, csv->lines + 1, csv->rows * sizeof(*csv->lines));
		return;
	}
	csv->numbers = mem_new(csv->columns + 1, TITLE_BYTES);
	for (size_t i = 0; i < csv->columns; i++) {
		csv->titles[i] = csv->numbers + i * TITLE_BYTES;
		snprintf(csv->titles[i], TITLE_BYTES, "%u", (unsigned)(i + 1) % 10000);
	}
}

int csv_parse(
	struct csv *ret, const char *name, const char *text, size_t size_bytes, struct err *err)
{
	struct reader r = {.line = 1, .err = err};
	int status = 0;

	if (size_bytes > CSV_BYTES_MAX)
		return err_set(err, -EFBIG, "%s: larger than %zu bytes", name, CSV_BYTES_MAX);
	if (memchr(text, '\0', size_bytes))
		return err_set(err, -EINVAL, "%s: holds a NUL byte, expected text", name);
	r.csv.name = mem_strdup(name);
	r.csv.text = mem_copy(text, size_bytes);
	r.at = r.csv.text + (text_starts(r.csv.text, "\xef\xbb\xbf") ? 3 : 0);
	status = read_rows(&r);
	if (status < 0) {
		csv_clear(&r.csv);
		return status;
	}
	take_titles(&r.csv);
	*ret = r.csv;
	return 0;
}

void csv_clear(struct csv *csv)
{
	if (!csv)
		return;
	free(csv->name);
	free(csv->text);
	free(csv->cells);
	free(csv->titles);
	free(csv->lines);
	free(csv->numbers);
	*csv = (struct csv){0};
}

const char *csv_cell(const struct csv *csv, size_t row, size_t column)
{
	return csv->cells[row * csv->columns + column];
}

bool csv_column(const struct csv *csv, const char *title, size_t *ret_column)
{
	for (size_t i = 0; i < csv->columns; i++) {
		if (strcmp(csv->titles[i], title) != 0)
			continue;
		*ret_column = i;
		return true;
	}
	return false;
}

enum csv_kind csv_number(const char *cell, double *ret)
{
	char *end;
	double value;

	if (!*cell)
		return CSV_EMPTY;
	if (cell[strspn(cell, "+-.0123456789eE")] != '\0') {
		strtod(cell, &end);
		/* what strtod(3) knows and is not decimal: nan, inf, infinity, hexadecimal */
		return *end || strpbrk(cell, "xX") ? CSV_TEXT : CSV_NOT_FINITE;
	}
	value = strtod(cell, &end);
	if (*end)
		return CSV_TEXT;
	if (!isfinite(value))
		return CSV_NOT_FINITE;
	*ret = value;
	return CSV_NUMBER;
}

int csv_value(const struct csv *csv, size_t row, size_t column, double *ret, struct err *err)
{
	const char *cell = csv_cell(csv, row, column);
	enum csv_kind kind = csv_number(cell, ret);

	if (kind == CSV_NUMBER)
		return 0;
	return err_set(err, -EINVAL,
		"%s:%zu: column %.60s is %s%.60s%s, expected a finite number", csv->name,
		csv->lines[row], csv->titles[column], *cell ? "\"" : "", *cell ? cell : "empty",
		*cell ? "\"" : "");
}

bool csv_is_numeric(const struct csv *csv, size_t column)
{
	size_t numbers = 0, others = 0;
	double ignored;

	for (size_t row = 0; row < csv->rows; row++) {
		enum csv_kind kind = csv_number(csv_cell(csv, row, column), &ignored);

		numbers += kind == CSV_NUMBER;
		others += kind == CSV_TEXT || kind == CSV_NOT_FINITE;
	}
	return numbers > 0 && numbers >= others;
}
