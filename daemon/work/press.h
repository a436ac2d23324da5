/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_PRESS_H
#define WORK_PRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fingerprint.h"
#include "io/db.h"
#include "io/gnuplot.h"
#include "sys/progress.h"

/*
 * Writes those pages of a site whose data changed, by several threads, and
 * remembers in the site's ledger (store/ledger.h) what each was made of. Pages
 * are added, then printed, as often as one likes: what is printed later may
 * link to what was printed before.
 */
struct press;

/* What a page is written with: of the thread that writes it. */
struct press_hand {
	const char *folder; /* of the site */
	struct db *db;
	struct plotter *plotter;
};

struct press_page;

/*
 * Writes a page. 0; or 1 when it lacks something (a plot) and is worth writing again next
 * time. Called by any thread, so it changes nothing but page->word.
 */
typedef int press_write(
	const struct press_hand *hand, struct press_page *page, struct err *err);

struct press_page {
	press_write *write;
	const void *about; /* borrowed */
	int64_t id;
	char *address;
	fingerprint print; /* of all it shows, without the program's own */
	char *word;	   /* on it, for the pages that list it; set by write(), NULL: none */
	bool late;	   /* it shows words of others: after all that are not late */
	bool exists, done;
};

/* Both are borrowed. */
struct press *press_open(struct db *db, const char *folder, struct progress *progress);
void press_close(struct press *press);

/* Takes page->address. A page that shows what it showed when it was printed is left out. */
void press_add(struct press *press, const struct press_page *page);

/*
 * Prints what was added since the last time: what is new first, for nothing
 * leads to it yet, then what has changed, and each of both before what is late.
 */
int press_print(struct press *press, struct err *err);

/* The word on a page that is in the site, or NULL; valid while nothing is printed, or for
 * a late page. */
const char *press_word(const struct press *press, const char *address);

/* Waits for the disk, if anything was printed. */
int press_sync(struct press *press, struct err *err);

/* Writes the ledger. Also after a failure: what was printed is not printed again. */
int press_save(struct press *press, struct err *err);

/* How many pages there are, and how many of them were new or changed. */
size_t press_pages(const struct press *press);
size_t press_printed(const struct press *press);

#endif
