/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTICE_QUARANTINE_H
#define NOTICE_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"

/*
 * A host goes out of service: no job gets it until somebody releases it, and the
 * owner of the lab is told. Both are one transaction, or part of the caller's. A
 * host that is in quarantine already stays there for its first reason.
 */
int quarantine_host(struct db *db, const struct settings *settings, int64_t host_id,
	const char *reason, int64_t now_unix_ms, struct err *err);

/*
 * The machine or its link failed a job, as text says. After some failures in a
 * row, or at once when is_final (somebody must look at it), it goes into
 * quarantine. Returns 1 when it did, or was there before, else 0.
 */
int quarantine_failed(struct db *db, const struct settings *settings, int64_t host_id,
	bool is_final, const char *text, int64_t now_unix_ms, struct err *err);

#endif
