/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SITEMAP_H
#define STORE_SITEMAP_H

#include "io/db.h"
#include "model/site_map.h"

/*
 * Every boot, kernel and comparison that has a page, with the fingerprints of
 * what the pages show; `seed` stands for everything that is not in the store.
 * A few ordered scans, however large the store is. The caller clears *ret.
 */
int site_map_load(struct db *db, fingerprint seed, struct site_map *ret, struct err *err);

#endif
