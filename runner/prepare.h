/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_PREPARE_H
#define RUNNER_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "string/strv.h"

/* What was changed, so that it can be put back: paths and old values, in order. */
struct prepare_undo {
	struct strv paths, values;
};

/*
 * Prepares the machine for a plan and verifies it: huge pages of the plan's
 * size (they must be the default size, be there, and be free), transparent
 * huge pages on madvise, page sharing, NUMA balancing and address space
 * randomisation off, frequency governor on performance, swap off. Files that
 * this kernel does not have are left out, except those that were asked for.
 * ret gets a "file: old -> new" line for every change.
 */
int prepare_machine(uint64_t huge_page_bytes, uint64_t huge_pages, bool wants_thp,
	struct prepare_undo *undo, struct str *ret, struct err *err);

/* Puts the old values back, last change first, and forgets them. Swap stays off. */
void prepare_undo_all(struct prepare_undo *undo);

/* Huge pages of all sizes that are not free: somebody still holds them. */
uint64_t prepare_huge_pages_in_use(void);

#endif
