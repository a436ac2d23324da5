/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_MEASURES_H
#define RULES_MEASURES_H

#include "base/err.h"
#include "model/comparison.h"
#include "model/plan.h"
#include "model/raw.h"

/*
 * Which raw values make which metric, and one number per boot and cell.
 *
 * On an emulated host the metrics are instructions executed inside the ioctl,
 * on hardware the seconds that the test prints. Iterations of one process are
 * not repeats of each other: the first clear splits, the later ones walk what
 * is split already. So clear is two judged metrics, clear-first and
 * clear-later; their average, "clear", is only for the reference table. A
 * process that lacks one of its scenario's calls gives no value of that kind.
 */

/*
 * Adds scenarios, modes, metrics and cells with their boot values to a
 * comparison that has its boots and says whether it is emulated, and to each
 * boot its negative control: the median of the passes, because one of them may
 * hold an interrupt more than another. Values of scenarios, modes or boots that
 * the comparison does not know are ignored. Verdicts are left alone:
 * rules/compare gives them.
 */
void measures_fill(
	struct comparison *comparison, const struct plan *plan, const struct raw_set *raw);

/*
 * Tells the log of every process that has a value, boot by boot, of a comparison
 * that measures_fill() has filled in from the same values: cell is an index into
 * its cells, boot into its boots.
 */
void measures_processes(const struct comparison *comparison, const struct plan *plan,
	const struct raw_set *raw,
	void (*tell)(size_t cell, size_t boot, double log_value, void *data), void *data);

#endif
