/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_FOLD_H
#define JUDGE_FOLD_H

#include <stddef.h>

#include "model/judging.h"

/*
 * Raw values to boot values: iterations of a process are averaged as logs,
 * the processes of a boot give their median. What a boot is to its processes
 * and a process to its iterations is told by equal numbers.
 */
struct fold_row {
	size_t cell;
	char side; /* 'A' or 'B' */
	int session;
	size_t boot;	/* within session and side; in order of measurement */
	size_t process; /* within the boot */
	double value;	/* not finite or not above 0: the process failed */
};

/* What the samples point into is owned here. */
struct fold {
	struct sample
		*samples; /* by cell; metric, floors, history, family are left to the caller */
	size_t cells;
	double *values;
	int *sessions;
	size_t lost; /* boots that have no value, because too many processes failed */
};

/* Sorts the rows. Cells are numbered from 0 to cells - 1. The caller clears *ret. */
void fold_rows(struct fold_row *rows, size_t count, size_t cells, struct fold *ret);

void fold_clear(struct fold *fold);

#endif
