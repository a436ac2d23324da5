/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/fold.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/summary.h"

#define ORDER(field)              \
	if (x->field != y->field) \
	return x->field > y->field ? 1 : -1

static int order(const void *a, const void *b)
{
	const struct fold_row *x = a, *y = b;

	ORDER(cell);
	ORDER(side);
	ORDER(session);
	ORDER(boot);
	ORDER(process);
	ORDER(value); /* so that a sum does not depend on the sorting algorithm */
	return 0;
}

static bool same_boot(const struct fold_row *a, const struct fold_row *b)
{
	return a->cell == b->cell && a->side == b->side && a->session == b->session &&
	       a->boot == b->boot;
}

/* The log of a process and where its rows end; false when it failed. */
static bool fold_process(
	const struct fold_row *rows, size_t count, size_t at, size_t *ret_end, double *ret)
{
	const struct fold_row *first = &rows[at];
	double sum = 0;
	bool good = true;
	size_t n = 0;

	for (; at < count && same_boot(&rows[at], first) && rows[at].process == first->process;
		at++, n++) {
		good &= isfinite(rows[at].value) && rows[at].value > 0;
		if (good)
			sum += log(rows[at].value);
	}
	*ret_end = at;
	*ret = sum / (double)n;
	return good;
}

/* The value of a boot and where its rows end; false when it has none. */
static bool fold_boot(const struct fold_row *rows, size_t count, size_t at, double *logs,
	size_t *ret_end, double *ret)
{
	const struct fold_row *first = &rows[at];
	size_t good = 0, wanted = 0;

	for (; at < count && same_boot(&rows[at], first); wanted++)
		good += fold_process(rows, count, at, &at, &logs[good]);
	*ret_end = at;
	return summary_boot_value(logs, good, wanted, ret);
}

void fold_rows(struct fold_row *rows, size_t count, size_t cells, struct fold *ret)
{
	auto_free double *logs = MEM_NEW(double, count + 1);
	struct fold fold = {.cells = cells};
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (isnan(rows[i].value)) /* which has no order */
			rows[i].value = 0;
	if (count)
		qsort(rows, count, sizeof(*rows), order);
	fold.samples = MEM_NEW(struct sample, cells + 1);
	fold.values = MEM_NEW(double, count + 1);
	fold.sessions = MEM_NEW(int, count + 1);
	for (size_t at = 0; at < count;) {
		const struct fold_row *row = &rows[at];
		struct sample *s = &fold.samples[row->cell];
		const double **values = row->side == 'A' ? &s->base : &s->fresh;
		const int **sessions =
			row->side == 'A' ? &s->base_sessions : &s->fresh_sessions;
		size_t *values_count = row->side == 'A' ? &s->base_count : &s->fresh_count;

		if (!fold_boot(rows, count, at, logs, &at, &fold.values[n])) {
			fold.lost++;
			continue;
		}
		if (!*values_count) {
			*values = &fold.values[n];
			*sessions = &fold.sessions[n];
		}
		fold.sessions[n++] = row->session;
		*values_count += 1;
	}
	*ret = fold;
}

void fold_clear(struct fold *fold)
{
	free(fold->samples);
	free(fold->values);
	free(fold->sessions);
	*fold = (struct fold){0};
}
