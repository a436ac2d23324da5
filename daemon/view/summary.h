/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_SUMMARY_H
#define VIEW_SUMMARY_H

#include <stdio.h>

#include "model/comparison.h"

/* The top of a comparison: what is read at a glance. `up` leads to the site's top. */

/* Verdict sentence, by what evidence, what kind of number. */
void summary_verdict(FILE *out, const struct comparison *c);

/* The two kernels; one that failed leads to its page. */
void summary_sides(FILE *out, const struct comparison *c, const char *up);

/* How many cells of each verdict, with median and range of their changes. */
void summary_counts(FILE *out, const struct comparison *c);

/* How far to trust it: boots and processes that were lost, cells that were noisy. */
void summary_trust(FILE *out, const struct comparison *c);

/* All of that as text for the terminal. */
void summary_text(FILE *out, const struct comparison *c);

#endif
