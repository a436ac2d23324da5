/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_OPTIONS_H
#define TEXT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The options of a command as a table: one row a long option, read with
 * getopt_long(3) into a struct whose fields hold the defaults before.
 */
enum option_kind {
	OPTION_FLAG,   /* bool, set to true */
	OPTION_TEXT,   /* const char *, borrowed from argv */
	OPTION_INT,    /* int, in [min, max] */
	OPTION_CHOICE, /* int, index into choices */
};

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t offset; /* into the struct */
	int min, max;
	const char *const *choices; /* NULL-terminated */
};

struct option_table {
	const char *command; /* "kvmperf run", for error sentences */
	const char *help;    /* printed by --help */
	const struct option_row *rows;
	size_t count;
	int words; /* how many words without -- there must be; -1: the caller counts them */
};

/*
 * Reads argv (argv[0] is the command) into object; ret_words gets the index in
 * argv of the first word, behind which getopt has moved all of them. Returns
 * true to go on; false with *ret_status to exit with: 0 after --help, 2 after
 * a sentence on stderr.
 */
bool options_read(const struct option_table *table, int argc, char **argv, void *object,
	int *ret_words, int *ret_status);

/* A word that is the number of a row, from 1 up; false: it is none. */
bool options_row(const char *word, int64_t *ret);

/* The same, -EINVAL with a sentence: what, "an event"; shown_by, the command that lists them.
 */
int options_row_of(const char *word, const char *what, const char *shown_by, int64_t *ret,
	struct err *err);

#endif
