/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_COMPARE_H
#define PAGE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "io/gnuplot.h"
#include "model/comparison.h"
#include "model/history.h"

/* Where else a comparison leads to; addresses are borrowed, NULL or 0: nowhere. */
struct compare_links {
	const char *previous, *next; /* pages of its neighbours on the branch */
	const char *drift;	     /* of the branch against its anchor */
	const char *confirm;	     /* that this screen asked for, where it has its own page */
	const char *ahead;	     /* what its event waits for, in words */
	int64_t event;
	bool histories; /* its cells have history pages */
	const struct history_past
		*past; /* of its unfolded cells, see rules/display.h; or NULL */
};

/*
 * Writes the page of a comparison, c/<host>/<base>..<new>.html, with its data
 * beside it as .json, .csv, and pictures of its rows as .N-boots.svg and
 * .N-history.svg. Unchanged files are left alone. Without a
 * working gnuplot the page has its tables and a notice, and 1 is returned
 * instead of 0: it is worth writing again.
 */
int page_compare_write(const char *site_folder, struct plotter *plotter,
	const struct comparison *c, const struct compare_links *links, struct err *err);

#endif
