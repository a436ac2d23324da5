/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HOST_H
#define PAGE_HOST_H

#include "base/err.h"
#include "model/host_page.h"

/*
 * Writes the page of a host, h/<host>.html, with its data beside it: health,
 * facts, A/A record, failed boots, and the way to the history of its cells.
 */
int page_host_write(const char *site_folder, const struct host_page *host, struct err *err);

#endif
