/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/changepoints.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stats/shift.h"
#include "sys/fs.h"
#include "text/csv.h"
#include "text/options.h"

static const char help[] =
	"usage: kvmperf changepoints [OPTION...] FILE.csv\n"
	"\n"
	"Finds where the level of a series changed: one series a numeric column, one value\n"
	"a row, oldest first. A first line without any number is the header. Empty cells\n"
	"are missing values. Works on the file alone.\n"
	"\n"
	"Prints for each change point its index (rows counted from 0, without the header;\n"
	"the first of the new level), the line in the file, the mean of the level before and\n"
	"after, the change in percent, and the p-value.\n"
	"\n"
	"  --column NAME       only this column (all numeric ones); 1, 2, ... without header\n"
	"  --mode native       what kvmperf itself uses: logarithms, so values must be above\n"
	"                      0 and means are geometric; segments of at least 3 points; the\n"
	"                      p-value accounts for the split having been chosen\n"
	"  --mode compat       as Apache Otava, to the index: raw values, divisor n, p-values\n"
	"                      not corrected\n"
	"  --window N          points looked at together (50); native 6 to 50, which is where\n"
	"                      its p-values are calibrated, compat 2 to 1000\n"
	"  --max-pvalue P      largest p-value (native 0.01, compat 0.001); they are not the\n"
	"                      same thing: at the best split of 50 values of noise the plain\n"
	"                      p is at most 0.001 in 1.8 % of all cases, the native one in 0.1 "
	"%\n"
	"  --min-magnitude X   smallest change as a fraction (native 0.02, compat 0)\n"
	"  --format WORD       text or json (text)\n"
	"\n"
	"Without --column, a column with values that native mode cannot take is left out with\n"
	"a warning. Exit status: 0, 1 when the file cannot be analysed, 2 for wrong usage.\n";

enum { FORMAT_TEXT, FORMAT_JSON };

static const char *const modes[] = {[SHIFT_NATIVE] = "native", [SHIFT_COMPAT] = "compat", NULL};
static const char *const formats[] = {"text", "json", NULL};

struct options {
	const char *column, *max_pvalue, *min_magnitude;
	int mode, window, format;
};

#define OPTION(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{"column", OPTION_TEXT, OPTION(column), 0, 0, NULL},
	{"mode", OPTION_CHOICE, OPTION(mode), 0, 0, modes},
	{"window", OPTION_INT, OPTION(window), 2, SHIFT_WINDOW_MAX, NULL},
	{"max-pvalue", OPTION_TEXT, OPTION(max_pvalue), 0, 0, NULL},
	{"min-magnitude", OPTION_TEXT, OPTION(min_magnitude), 0, 0, NULL},
	{"format", OPTION_CHOICE, OPTION(format), 0, 0, formats},
};

static const struct option_table table = {
	"kvmperf changepoints", help, rows, ARRAY_SIZE(rows), 1};

/* The values of one column that are there, and which rows they are from. */
struct series {
	size_t column, count;
	double *values;
	size_t *from;
	struct shift_list points;
	struct err skipped; /* why it was not analysed; code 0: it was */
};

static void series_clear(struct series *series)
{
	free(series->values);
	free(series->from);
	shift_list_clear(&series->points);
}

static int read_series(
	const struct csv *csv, enum shift_mode mode, struct series *s, struct err *err)
{
	s->values = MEM_NEW(double, csv->rows + 1);
	s->from = MEM_NEW(size_t, csv->rows + 1);
	for (size_t row = 0; row < csv->rows; row++) {
		double value;
		int r;

		if (!*csv_cell(csv, row, s->column))
			continue;
		r = csv_value(csv, row, s->column, &value, err);
		if (r < 0)
			return r;
		if (mode == SHIFT_NATIVE && value <= 0 && s->skipped.code == 0)
			err_set(&s->skipped, -EDOM,
				"%s:%zu: column %.60s is %g, but native mode takes logarithms "
				"(try --mode compat)",
				csv->name, csv->lines[row], csv->titles[s->column], value);
		s->values[s->count] = mode == SHIFT_NATIVE ? log(value) : value;
		s->from[s->count++] = row;
	}
	return 0;
}

/* A level as people see it. */
static double level(enum shift_mode mode, double mean)
{
	return mode == SHIFT_NATIVE ? exp(mean) : mean;
}

static json_t *json_text(const char *text)
{
	auto_free char *valid = mem_new(3 * strlen(text) + 1, 1);

	utf8_repair(text, valid);
	return json_string(valid);
}

static json_t *json_points(const struct csv *csv, const struct series *s, enum shift_mode mode)
{
	json_t *points = json_array();

	for (size_t i = 0; i < s->points.count; i++) {
		const struct shift_point *p = &s->points.points[i];
		size_t row = s->from[p->index];

		json_array_append_new(points,
			json_pack("{s:I, s:I, s:f, s:f, s:f, s:f}", "index", (json_int_t)row,
				"line", (json_int_t)csv->lines[row], "before",
				level(mode, p->before), "after", level(mode, p->after),
				"percent", 100 * p->change, "p_value", p->p));
	}
	return points;
}

static void print_json(const struct csv *csv, const struct shift_rules *rules,
	const struct series *all, size_t count)
{
	json_t *list = json_array(), *root;

	for (size_t i = 0; i < count; i++) {
		json_t *one =
			json_pack("{s:o, s:I}", "column", json_text(csv->titles[all[i].column]),
				"values", (json_int_t)all[i].count);

		if (all[i].skipped.code)
			json_object_set_new(one, "skipped", json_text(all[i].skipped.text));
		else
			json_object_set_new(
				one, "change_points", json_points(csv, &all[i], rules->mode));
		json_array_append_new(list, one);
	}
	root = json_pack("{s:o, s:s, s:I, s:f, s:f, s:o}", "file", json_text(csv->name), "mode",
		modes[rules->mode], "window", (json_int_t)rules->window, "max_pvalue",
		rules->p_max, "min_magnitude", rules->change_min, "series", list);
	json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	putchar('\n');
	json_decref(root);
}

/* A title comes from a file: nothing in it steers the terminal. */
static void print_title(const char *title)
{
	for (; *title; title++)
		putchar((unsigned char)*title < ' ' || *title == 0x7f ? '?' : *title);
}

static void print_text(const struct csv *csv, const struct series *s, enum shift_mode mode)
{
	print_title(csv->titles[s->column]);
	printf(": %zu values, %zu change point%s\n", s->count, s->points.count,
		s->points.count == 1 ? "" : "s");
	if (s->points.count)
		printf("%8s %8s %14s %14s %11s  %s\n", "index", "line", "before", "after",
			"change", "p-value");
	for (size_t i = 0; i < s->points.count; i++) {
		const struct shift_point *p = &s->points.points[i];
		size_t row = s->from[p->index];

		printf("%8zu %8zu %14.6g %14.6g %+9.4g %%  %.3g\n", row, csv->lines[row],
			level(mode, p->before), level(mode, p->after), 100 * p->change, p->p);
	}
}

/* Which columns: the named one, or all of numbers. The caller frees *ret. */
static int choose(const struct options *o, const struct csv *csv, struct series **ret,
	size_t *ret_count, struct err *err)
{
	auto_free struct series *all = MEM_NEW(struct series, csv->columns + 1);
	size_t count = 0;

	if (csv->rows == 0)
		return err_set(err, -EINVAL, "%s: there is no row of values", csv->name);
	if (o->column && !csv_column(csv, o->column, &all[count++].column))
		return err_set(
			err, -EINVAL, "%s:1: there is no column %.60s", csv->name, o->column);
	for (size_t i = 0; !o->column && i < csv->columns; i++)
		if (csv_is_numeric(csv, i))
			all[count++].column = i;
	if (count == 0)
		return err_set(err, -EINVAL, "%s: no column holds numbers", csv->name);
	*ret = take_ptr(all);
	*ret_count = count;
	return 0;
}

/* Analyses each series; what was skipped is an error only when nothing else is left. */
static int analyse(const struct csv *csv, const struct shift_rules *rules, struct series *all,
	size_t count, struct err *err)
{
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		int r = read_series(csv, rules->mode, &all[i], err);

		if (r == 0 && !all[i].skipped.code) {
			r = shift_find(rules, all[i].values, all[i].count, &all[i].points, err);
			done++;
		}
		if (r < 0)
			return r;
	}
	if (done == 0)
		return err_set(err, -EDOM, "%s", all[0].skipped.text);
	for (size_t i = 0; i < count; i++)
		if (all[i].skipped.code)
			fprintf(stderr, "kvmperf changepoints: %s; the column is left out\n",
				all[i].skipped.text);
	return 0;
}

static int run(const struct options *o, const struct shift_rules *rules, const char *path,
	struct err *err)
{
	auto_free char *text = NULL;
	auto_free struct series *all = NULL;
	size_t size_bytes, count = 0;
	struct csv csv = {0};
	int r = fs_read(path, CSV_BYTES_MAX, &text, &size_bytes, err);

	if (r == 0)
		r = csv_parse(&csv, path, text, size_bytes, err);
	if (r == 0)
		r = choose(o, &csv, &all, &count, err);
	if (r == 0)
		r = analyse(&csv, rules, all, count, err);
	if (r == 0 && o->format == FORMAT_JSON)
		print_json(&csv, rules, all, count);
	for (size_t i = 0; r == 0 && o->format == FORMAT_TEXT && i < count; i++)
		if (!all[i].skipped.code)
			print_text(&csv, &all[i], rules->mode);
	if (r == 0 && (fflush(stdout) || ferror(stdout)))
		r = err_set(err, -EIO, "the output could not be written");
	for (size_t i = 0; i < count; i++)
		series_clear(&all[i]);
	csv_clear(&csv);
	return r;
}

static int take_number(const char *option, const char *text, double *ret, struct err *err)
{
	if (!text || csv_number(text, ret) == CSV_NUMBER)
		return 0;
	return err_set(err, -EINVAL, "--%s %.60s: expected a number", option, text);
}

static int take_rules(const struct options *o, struct shift_rules *ret, struct err *err)
{
	int r;

	*ret = shift_defaults(o->mode == SHIFT_COMPAT ? SHIFT_COMPAT : SHIFT_NATIVE);
	ret->window = (size_t)o->window;
	r = take_number("max-pvalue", o->max_pvalue, &ret->p_max, err);
	if (r == 0)
		r = take_number("min-magnitude", o->min_magnitude, &ret->change_min, err);
	return r == 0 ? shift_check(ret, err) : r;
}

int cmd_changepoints(int argc, char **argv)
{
	struct options o = {.mode = SHIFT_NATIVE, .window = 50, .format = FORMAT_TEXT};
	struct shift_rules rules;
	struct err err = ERR_INIT;
	int words, status;

	if (!options_read(&table, argc, argv, &o, &words, &status))
		return status;
	if (take_rules(&o, &rules, &err) < 0) {
		fprintf(stderr, "kvmperf changepoints: %s; see kvmperf changepoints --help\n",
			err.text);
		return 2;
	}
	if (run(&o, &rules, argv[words], &err) < 0) {
		fprintf(stderr, "kvmperf changepoints: %s\n", err.text);
		return 1;
	}
	return 0;
}
