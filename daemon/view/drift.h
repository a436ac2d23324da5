/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_DRIFT_H
#define VIEW_DRIFT_H

#include <stdbool.h>
#include <stdio.h>

#include "rules/drift.h"

/*
 * A metric of a branch over its newest kernels, in percent of the anchor, with
 * the band of the minimum effect and the events; all metrics of a branch have
 * one scale. Small for the front page, or large.
 */

/* Writes the plots of all metrics, large or small; returns how many. */
size_t drift_script(FILE *script, const struct drift *drift, bool small);

/* "+3.1 %", and " [+2.7, +3.5]" where there is an interval; "n/a" without any kernel. */
void drift_text(FILE *out, const struct drift_change *change);

#endif
