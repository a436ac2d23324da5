/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/fingerprint.h"

/*
 * What every page of a site was made of when it was written: a fingerprint an
 * address, in the site's own folder (".pages"), so that it is gone with the
 * pages. A page whose fingerprint has not changed is not even loaded. What is
 * noted belongs to pages that are written; a publish that ends early keeps what
 * it noted, and the rest is written by the next one.
 */
struct ledger;

/* Reads the ledger of a site; one that is missing or damaged is an empty one. */
struct ledger *ledger_open(const char *site_folder);
void ledger_close(struct ledger *ledger);

/* Is there such a page, and was it made of this? */
bool ledger_is_current(const struct ledger *ledger, const char *address, fingerprint print);

/* Is there such a page at all? */
bool ledger_exists(const struct ledger *ledger, const char *address);

/*
 * Notes what a page was made of, and a word on it for the pages that list it
 * (NULL: none; control characters become blanks). Not for two threads at once.
 */
void ledger_note(
	struct ledger *ledger, const char *address, fingerprint print, const char *word);

/* Puts what was noted in order: only then is it found. */
void ledger_sort(struct ledger *ledger);

/* The word on a page, or NULL; valid until the next note. */
const char *ledger_word(const struct ledger *ledger, const char *address);

/* Writes it: to be called when the pages are on the disk. */
int ledger_save(struct ledger *ledger, struct err *err);

#endif
