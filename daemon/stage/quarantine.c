/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stage/quarantine.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/hosts.h"
#include "work/post.h"

int quarantine_unsteady(struct db *db, const struct settings *settings, int64_t host_id,
	const struct comparison *judged, const struct trust_check *check, int64_t now_unix_ms,
	struct err *err)
{
	const char *why = check->reason;
	auto_free char *reason = NULL, *subject = NULL, *text = NULL;
	int r;

	if (!check->quarantine)
		return 0;
	reason = mem_printf("comparison %lld: %s", (long long)judged->id, why);
	subject = mem_printf("host %s is in quarantine", judged->host);
	text = mem_printf(
		"%s: %s (comparison %lld of %.12s with %.12s). Its lab session is "
		"discarded, and no job gets the host. Look for what changed on the "
		"machine, then: kvmperf hosts release %s --why TEXT. What it measures "
		"after that is a new beginning.\n",
		judged->host, why, (long long)judged->id, judged->base.oid, judged->fresh.oid,
		judged->host);
	r = host_quarantine(db, host_id, reason, now_unix_ms, err);
	return r < 0 ? r : post_owner(db, &settings->mail, subject, text, now_unix_ms, err);
}
