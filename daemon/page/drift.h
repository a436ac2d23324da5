/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_DRIFT_H
#define PAGE_DRIFT_H

#include "base/err.h"
#include "io/gnuplot.h"
#include "rules/drift.h"

/*
 * Writes the page of a branch on a host against its anchor,
 * r/<branch>/<host>.html, with its data as .json and .csv and a small plot a
 * metric, for the front page, as .<metric>.svg. Without a working gnuplot it
 * has its table and a notice, and 1 is returned instead of 0.
 */
int page_drift_write(const char *site_folder, struct plotter *plotter,
	const struct drift *drift, struct err *err);

#endif
