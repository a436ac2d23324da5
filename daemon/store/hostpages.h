/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_HOSTPAGES_H
#define STORE_HOSTPAGES_H

#include "base/fingerprint.h"
#include "io/db.h"
#include "model/host_page.h"

/* A host as its page is planned: what it is named, and a fingerprint of what the page shows. */
struct host_entry {
	int64_t id;
	char *name;
	fingerprint print;
};

/* All hosts by name; the caller frees each name and the list. */
int host_entries_load(
	struct db *db, struct host_entry **ret, size_t *ret_count, struct err *err);

/* Everything that is kept of a host; -ENOENT when there is none. The caller clears *ret. */
int host_page_load(struct db *db, int64_t host_id, struct host_page *ret, struct err *err);

#endif
