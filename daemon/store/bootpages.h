/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_BOOTPAGES_H
#define STORE_BOOTPAGES_H

#include "io/db.h"
#include "model/boot_page.h"

/* Everything that is kept of one boot. -ENOENT when there is none; the caller clears *ret. */
int boot_page_load(struct db *db, int64_t boot_id, struct boot_page *ret, struct err *err);

#endif
