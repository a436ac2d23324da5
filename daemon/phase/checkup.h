/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_CHECKUP_H
#define PHASE_CHECKUP_H

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "lab/host.h"

/*
 * A host that was rescued, or that nobody has looked at yet, is checked before it is
 * trusted (rules/health.h): what came of it is in its story, and one that is not fit
 * goes into quarantine. The host is on golden. Returns 0 when there is nothing to
 * check or it is fit, -EHOSTDOWN with the reason when it is not.
 */
int checkup_if_due(struct db *db, const struct settings *settings, struct host *host,
	int64_t host_id, int64_t now_unix_ms, struct err *err);

/*
 * Checks a host that is on golden now. What a fit one is, is in its story and known
 * from then on; of one that is not, nothing is stored. *ret_text (the caller frees)
 * is what it has, or what is wrong.
 */
int checkup_now(struct db *db, struct host *host, int64_t host_id, int64_t now_unix_ms,
	bool *ret_is_fit, char **ret_text, struct err *err);

#endif
