/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { HELP = 256, FIRST_ROW }; /* above every short option that somebody may try */

__attribute__((format(printf, 2, 3))) static bool complain(
	const struct option_table *table, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", table->command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see %s --help\n", table->command);
	return false;
}

static bool take_int(const struct option_table *table, const struct option_row *row,
	const char *text, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < row->min || n > row->max)
		return complain(table, "--%s %.60s: expected a whole number from %d to %d",
			row->name, text, row->min, row->max);
	*ret = (int)n;
	return true;
}

static bool take_choice(const struct option_table *table, const struct option_row *row,
	const char *text, int *ret)
{
	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(row->choices[i], text))
			continue;
		*ret = i;
		return true;
	}
	fprintf(stderr, "%s: --%s %.60s: expected one of", table->command, row->name, text);
	for (int i = 0; row->choices[i]; i++)
		fprintf(stderr, "%s %s", i ? "," : "", row->choices[i]);
	fputc('\n', stderr);
	return false;
}

static bool take(const struct option_table *table, const struct option_row *row,
	const char *text, void *object)
{
	void *place = (char *)object + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)place = true;
		return true;
	case OPTION_TEXT:
		*(const char **)place = text;
		return true;
	case OPTION_INT:
		return take_int(table, row, text, place);
	case OPTION_CHOICE:
		return take_choice(table, row, text, place);
	}
	return false;
}

static struct option *for_getopt(const struct option_table *table)
{
	struct option *options = MEM_NEW(struct option, table->count + 2);

	for (size_t i = 0; i < table->count; i++) {
		options[i].name = table->rows[i].name;
		options[i].has_arg =
			table->rows[i].kind == OPTION_FLAG ? no_argument : required_argument;
		options[i].val = FIRST_ROW + (int)i;
	}
	options[table->count].name = "help";
	options[table->count].val = HELP;
	return options;
}

bool options_read(const struct option_table *table, int argc, char **argv, void *object,
	int *ret_words, int *ret_status)
{
	auto_free struct option *options = for_getopt(table);
	int c;

	*ret_status = 2;
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (c == HELP) {
			fputs(table->help, stdout);
			*ret_status = 0;
			return false;
		}
		if (c == ':')
			return complain(table, "%.60s wants a value", argv[optind - 1]);
		if (c == '?' && optopt > ' ' && optopt < 127)
			return complain(table, "-%c is not an option", optopt);
		if (c == '?')
			return complain(table, "%.60s is not an option", argv[optind - 1]);
		if (!take(table, &table->rows[c - FIRST_ROW], optarg, object))
			return false;
	}
	if (table->words >= 0 && argc - optind != table->words)
		return complain(table, "expected %d words besides options, got %d",
			table->words, argc - optind);
	*ret_words = optind;
	return true;
}

bool options_row(const char *word, int64_t *ret)
{
	char *end;
	long long row;

	errno = 0;
	row = strtoll(word, &end, 10);
	if (errno || end == word || *end || row <= 0)
		return false;
	*ret = row;
	return true;
}

int options_row_of(
	const char *word, const char *what, const char *shown_by, int64_t *ret, struct err *err)
{
	if (!options_row(word, ret))
		return err_set(err, -EINVAL, "\"%.40s\" is no number of %s; %s shows them",
			word, what, shown_by);
	return 0;
}
