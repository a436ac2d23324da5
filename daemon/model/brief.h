/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_BRIEF_H
#define MODEL_BRIEF_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"

/*
 * What pages that list comparisons say of one: its verdict, without its cells.
 * It is kept as one line of text beside the page it was taken from.
 */
struct brief {
	bool judged, failed;
	enum verdict headline;
	size_t verdicts[VERDICT_COUNT];
	double sees; /* R - 1 that half of its cells would have shown; 0: not known */
	char *sentence;
};

void brief_clear(struct brief *brief);

/* As a line; the caller frees. */
char *brief_write(const struct brief *brief);

/* Reads it back: true and *ret, which the caller clears; false for any other text. */
bool brief_read(const char *line, struct brief *ret);

#endif
