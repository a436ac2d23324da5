/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_PRUNE_H
#define PHASE_PRUNE_H

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "sys/progress.h"

/*
 * Keeps the state folder within its bounds: kernel images, warm build folders and
 * logs of jobs that rules/retention.h lets go are removed. Golden kernels, test
 * binaries, configurations and build logs of kernels are not touched; what is
 * stored in the database never goes. ret_bytes may be NULL.
 */
int prune(struct db *db, const char *state, const struct service_spec *spec,
	int64_t now_unix_ms, struct progress *progress, int64_t *ret_bytes, struct err *err);

#endif
