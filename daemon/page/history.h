/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HISTORY_H
#define PAGE_HISTORY_H

#include "base/err.h"
#include "io/gnuplot.h"
#include "model/history.h"

/*
 * Writes one page of a family's history with its data (.json, .csv): a plot a
 * guest mode, the changes of level, every kernel with its values. Returns 0, or
 * 1 when plots are missing.
 */
int page_history_write(const char *site_folder, struct plotter *plotter,
	const struct history_page *history, struct err *err);

/* Where it is; ext is "html", "json" or "csv". The caller frees. */
char *page_history_address(const struct history_page *history, const char *ext);

#endif
