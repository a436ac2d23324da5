/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_REFERENCE_H
#define JUDGE_REFERENCE_H

#include "model/comparison.h"

/*
 * The reference table, as the field talks: for each kind of memory the mean
 * and the standard deviation over the guest modes of the percent change.
 * Scenario 1 is "enable" without manual protect, scenario 2 is clear (average,
 * first pass, later passes) with it. The standard deviation is the spread of
 * the effect, not its uncertainty.
 *
 * Replaces comparison->table. The cells must have their change; cells that
 * lack a side are left out, and a row without any is absent.
 */
void reference_fill(struct comparison *comparison);

#endif
