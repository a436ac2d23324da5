/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_LISTING_H
#define VIEW_LISTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/fingerprint.h"
#include "model/front_page.h"

/* What lists comparisons and events, for programs: docs/schema/index.json. */

/*
 * Comparisons are listed in chapters by number: those of one hardly change any more, so
 * that a comparison more does not write a list of all of them. index.json has the newest
 * one and the one before it, and the addresses of the others.
 */
enum { LISTING_CHAPTER = 1000 };

/* How many chapters have a file of their own, from 0 on; some may be empty. */
size_t listing_chapters(const struct front_page *front);

/* Has it any lines? What is in them? */
bool listing_is_used(const struct front_page *front, size_t chapter);
fingerprint listing_print(const struct front_page *front, size_t chapter);

/* index.json: everything but older comparisons. */
json_t *listing_index(const struct front_page *front);

/* index.<chapter>.json: docs/schema/comparisons.json. */
json_t *listing_chapter(const struct front_page *front, size_t chapter);

/* One comparison of it. */
json_t *listing_comparison(const struct front_line *line);

#endif
