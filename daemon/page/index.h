/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_INDEX_H
#define PAGE_INDEX_H

#include "base/err.h"
#include "model/front_page.h"

/* Writes a list of older comparisons, index.<chapter>.json: see view/listing.h. */
int page_listing_write(const char *site_folder, const struct front_page *front, size_t chapter,
	struct err *err);

/*
 * Writes the front page, index.html, and index.json for scripts. To be called
 * after the pages it links to exist.
 */
int page_index_write(const char *site_folder, const struct front_page *front, struct err *err);

#endif
