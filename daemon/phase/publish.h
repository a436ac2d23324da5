/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_PUBLISH_H
#define PHASE_PUBLISH_H

#include "base/err.h"
#include "io/db.h"
#include "sys/progress.h"

/*
 * Writes the whole site from the store: boots, kernels that did not build,
 * comparisons, the front page last, so that no link points to something that
 * is not there yet. Files that would not change are left alone. Waits while
 * another process publishes into the same folder.
 */
int publish_all(struct db *db, const char *site, struct progress *progress, struct err *err);

#endif
