/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_NEEDS_H
#define STORE_NEEDS_H

#include <stdbool.h>

#include "io/db.h"

/*
 * What the store still needs of the files that it refers to, and what an idle
 * host could do.
 */

/*
 * Does an open job, a comparison that runs, an event that is not closed or a
 * bisect need the image of this path?
 */
int need_image(struct db *db, const char *image_path, bool *ret, struct err *err);

/*
 * Since when nobody needs the logs of a job: its end, 0 while it is open or belongs to an
 * event that is not closed (or there is no such job: *ret_exists).
 */
int need_job_log(struct db *db, int64_t job, bool *ret_exists, int64_t *ret_free_unix_ms,
	struct err *err);

#endif
