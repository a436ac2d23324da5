/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_CHANGES_H
#define VIEW_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/*
 * The rows: one a cell, with base, new, change, interval, the boots used and
 * what the run could have seen.
 */
struct changes_table {
	const struct comparison *comparison;
	const size_t *order; /* of the rows: indexes into its cells */
	size_t count;
	const char *caption; /* ours, no text from outside */
	const char *up;	     /* to the site's top: metrics lead to their history; NULL: not */

	/* The forest column: its head and the piece of one cell. NULL: there is none. */
	void (*head)(FILE *out, const void *data);
	void (*piece)(FILE *out, const void *data, size_t cell);
	const void *data;

	/* Writes what a row unfolds to in the place of its metric; false: it does not. */
	bool (*unfold)(FILE *out, const void *data, size_t cell);
	const void *unfold_data;
};

void changes_table(FILE *out, const struct changes_table *table);

/* The same as text for the terminal, without forest. */
void changes_text(FILE *out, const struct changes_table *table);

#endif
