/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_BRANCH_H
#define PAGE_BRANCH_H

#include "base/err.h"
#include "model/front_page.h"

/* Writes the page of every branch, r/<branch>.html and .json: what was compared on it. */
int page_branches_write(
	const char *site_folder, const struct front_page *front, struct err *err);

#endif
