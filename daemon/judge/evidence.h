/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_EVIDENCE_H
#define JUDGE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"
#include "model/judging.h"

/*
 * The boot values of a comparison as the judges want them: logs, lab session
 * by lab session. A value that is not finite or not above 0 counts as absent.
 */

/* One side of a cell. */
struct evidence_logs {
	double *values;
	int *sessions;
	size_t *boots; /* index into the comparison's boots */
	size_t count;
};

struct evidence {
	size_t cells;
	struct evidence_logs *logs; /* base and new of cell 0, of cell 1, ... */
	struct sample *samples;	    /* by cell, pointing into logs */
};

/*
 * Samples of all judged cells are in the family; those of cells without
 * judgement are there, too. Without use_values all sides are empty: the
 * kernels cannot be compared. The caller ends with evidence_close().
 */
void evidence_open(const struct judging *judging, const struct comparison *comparison,
	bool use_values, struct evidence *ret);

void evidence_close(struct evidence *evidence);

/* Mean and own interval of the sides of all cells, from all their values. */
void evidence_sides(const struct evidence *evidence, struct comparison *comparison);

#endif
