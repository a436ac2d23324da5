/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VERDICT_SCREENED_H
#define VERDICT_SCREENED_H

#include "model/comparison.h"
#include "model/judging.h"

/*
 * A screen, judged: what rules/screen.h says, filled into the comparison as
 * pages and terminal print it. The base side of its cells is the level
 * baseline (rules/baseline.h) with base boots of today, if any, last.
 *
 * A screen flags nothing: its cells are unchanged, inconclusive or without
 * data, and while the baseline is being collected all of them are
 * inconclusive. in_family says which cells a confirm is asked for, p is what
 * decided that. A new kernel of the same image as the base is no news,
 * whatever its boots say.
 */

/* history is by cell, within kernel and lab session, or NULL. */
void screened_fill(const struct judging *judging, const struct spread *history,
	struct comparison *comparison);

#endif
