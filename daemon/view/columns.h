/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_COLUMNS_H
#define VIEW_COLUMNS_H

#include <stddef.h>

#include "model/comparison.h"
#include "string/str.h"

/*
 * The table of two kernels by the column rules that kernel people know from
 * 0-day: base left, new right, %stddev (divisor N, blank up to 2 %), %change of
 * the means. Values are arithmetic means over boots; seconds become
 * microseconds.
 */

/* The two subjects, the header rows and the legend. */
void columns_head(struct str *out, const struct comparison *c);

/* One row; name is what stands behind it. */
void columns_row(struct str *out, const double *base, size_t base_count, const double *fresh,
	size_t fresh_count, const char *name);

/*
 * Head and rows of a comparison: at most `most` of the metric that the mail is about, then
 * at most as many others; in each part flagged cells first.
 */
void columns_table(
	struct str *out, const struct comparison *c, const char *metric, size_t most);

#endif
