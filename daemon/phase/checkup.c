/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phase/checkup.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "notice/quarantine.h"
#include "rules/health.h"
#include "store/hosts.h"

static int check(struct db *db, const struct settings *settings, struct host *host,
	int64_t host_id, int64_t now_unix_ms, struct err *err)
{
	auto_free char *facts = NULL, *dmesg = NULL, *text = NULL;
	int r = host_facts(host, &facts, err);

	if (r == 0)
		r = host_dmesg(host, &dmesg, err);
	if (r < 0)
		return r;
	if (health_judge(facts, dmesg, &text))
		return host_checked(db, host_id, text, now_unix_ms, err);
	r = quarantine_host(db, settings, host_id, text, now_unix_ms, err);
	return r < 0 ? r : err_set(err, -EHOSTDOWN, "the host is not fit: %s", text);
}

int checkup_if_due(struct db *db, const struct settings *settings, struct host *host,
	int64_t host_id, int64_t now_unix_ms, struct err *err)
{
	auto_free char *rescue = host_take_story(host);
	bool is_new = false;
	int r = host_is_unchecked(db, host_id, &is_new, err);

	if (r == 0 && rescue)
		r = host_rescued(db, host_id, rescue, now_unix_ms, err);
	if (r < 0 || (!rescue && !is_new))
		return r;
	return check(db, settings, host, host_id, now_unix_ms, err);
}
