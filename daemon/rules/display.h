/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DISPLAY_H
#define RULES_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "model/comparison.h"
#include "model/front_page.h"

/*
 * What people are shown first: the order of the rows, the scale they share,
 * which colour a change has. Page, terminal and mail ask here, so they agree.
 */

/* Stands wherever a number of an emulated host stands. */
#define DISPLAY_EMULATED "instructions executed, emulated host, not time"

#define DISPLAY_NAME_BYTES 160

/* Is there a verdict on any cell? Without one, changes are shown as means only. */
bool display_is_judged(const struct comparison *c);

/* Is there an interval, or only a mean? */
bool display_has_interval(const struct cell *cell);

/* Have both sides a value, so that there is a change? */
bool display_has_change(const struct cell *cell);

/*
 * Is it so small that the absolute minimum effect of its metric is more than
 * half of it? Its percentages are noise of the counter or timer, and are kept
 * out of ranges and scales.
 */
bool display_is_below_floor(const struct cell *cell);

enum display_tone {
	DISPLAY_NONE,	/* no change, or none that could be shown */
	DISPLAY_WORSE,	/* regressed; not yet judged: 2 % or more above the base */
	DISPLAY_BETTER, /* improved; not yet judged: 2 % or more below */
	DISPLAY_MISSING /* a side lacks data */
};

enum display_tone display_tone(const struct comparison *c, const struct cell *cell);

/* '+', '-', '.', '?', 'x'; a blank for a cell that is not judged. */
char display_glyph(const struct cell *cell);

/*
 * The cells of judged metrics (or of those that are shown only), in the order
 * of their rows: regressed, the surest first (lower end of the interval);
 * improved, the surest first; inconclusive and unchanged by the size of the
 * change, those below the floor behind them; failed. Equal ones by
 * configuration. Not yet judged: by the size of the change. The caller frees
 * the indexes into c->cells; their number is in *ret_count.
 */
size_t *display_order(const struct comparison *c, bool judged, size_t *ret_count);

/*
 * The rows that are worth their plots, the first in that order: what changed and
 * what could not be decided. Returns how many; all that would be worth it are
 * *ret_worth.
 */
enum { DISPLAY_UNFOLDED = 8 };
size_t display_unfolded(
	const struct comparison *c, size_t ret[DISPLAY_UNFOLDED], size_t *ret_worth);

/*
 * The range of changes all forest rows share: every flagged interval (every
 * change, while none is flagged) and the band of the minimum effect, a little
 * wider. Always has low < 0 < high.
 */
void display_range(const struct comparison *c, double *ret_low, double *ret_high);

/* "g-thp 40/48/4K", cut when longer. */
void display_cell_name(
	const struct comparison *c, const struct cell *cell, char ret[DISPLAY_NAME_BYTES]);

/* The cell of a configuration and metric, or NULL. */
const struct cell *display_find(
	const struct comparison *c, size_t scenario, size_t mode, size_t metric);

/* The cells of one verdict, as one line of the counts. Without any, all are 0. */
struct display_group {
	size_t cells;
	size_t below_floor;	  /* of them; they are not part of what follows */
	double median, low, high; /* of the changes */
	double excluded;	  /* slowdowns above this are excluded in every one */
};

void display_group(const struct comparison *c, enum verdict verdict, struct display_group *ret);

/*
 * The metric whose changes an entry of the reference table sums up ("clear,
 * first" is made of "clear-first", "clear, average" of "clear"), or
 * c->metric_count when there is none.
 */
size_t display_entry_metric(const struct comparison *c, const struct reference_entry *entry);

/* Is a metric in seconds among those that are shown only? */
bool display_has_time(const struct comparison *c);

/* What pages that list it say of a comparison; the caller clears *ret. */
void display_brief(const struct comparison *c, struct brief *ret);

/* Boots of a side that count, and those that failed. */
size_t display_boots(const struct comparison *c, char side, bool failed);

#endif
