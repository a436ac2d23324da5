/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_KERNELPAGES_H
#define STORE_KERNELPAGES_H

#include "io/db.h"
#include "model/kernel_page.h"

/*
 * Everything that is kept of the kernels built of a commit, but for their logs:
 * those are files (log_path), and log_tail stays NULL. -ENOENT when there is no
 * such commit; the caller clears *ret.
 */
int kernel_page_load(
	struct db *db, int64_t commit_id, struct kernel_page *ret, struct err *err);

#endif
