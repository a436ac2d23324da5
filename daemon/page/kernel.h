/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_KERNEL_H
#define PAGE_KERNEL_H

#include <stdint.h>

#include "base/err.h"
#include "model/comparison.h"

/*
 * Writes the page of a kernel, k/<commit>.html: what it is, and when its build
 * failed, why, with the end of its log (hostile text; the last 64 KiB are
 * shown). branch and log_tail may be NULL.
 */
int page_kernel_write(const char *site_folder, const struct comparison_side *kernel,
	const char *branch, const char *log_tail, int64_t updated_unix_ms, struct err *err);

#endif
