/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_KERNEL_H
#define PAGE_KERNEL_H

#include "base/err.h"
#include "model/kernel_page.h"

/*
 * Writes the page of a commit and its data, k/<commit>.html and .json: what was
 * built of it and how, when a build failed, why, with the end of its log; its
 * boots and comparisons.
 */
int page_kernel_write(
	const char *site_folder, const struct kernel_page *kernel, struct err *err);

#endif
