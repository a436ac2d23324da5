/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_COMPARE_H
#define PAGE_COMPARE_H

#include "base/err.h"
#include "model/comparison.h"

/*
 * Writes the page of a comparison, c/<host>/<base>..<new>.html, with its data
 * beside it as .json and .csv, and the style sheet of the site. Unchanged
 * files are left alone. Without a working gnuplot the page has its tables and
 * a notice.
 */
int page_compare_write(const char *site_folder, const struct comparison *c, struct err *err);

#endif
