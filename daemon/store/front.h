/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_FRONT_H
#define STORE_FRONT_H

#include "io/db.h"
#include "model/front_page.h"

/*
 * Hosts and failed builds for the front page, added to *page (the caller
 * clears it). Its comparisons are not touched.
 */
int front_load(struct db *db, struct front_page *page, struct err *err);

#endif
