/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_BOOT_H
#define PAGE_BOOT_H

#include "base/err.h"
#include "model/boot_page.h"

/*
 * Writes the page of one boot, b/<id>.html, and the raw output of its
 * processes beside it as b/<id>/<n>.txt (stdout) and b/<id>/<n>.err.txt
 * (stderr, when there is any).
 */
int page_boot_write(const char *site_folder, const struct boot_page *boot, struct err *err);

#endif
