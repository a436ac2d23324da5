/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/bulletin.h"

#include "store/hosts.h"
#include "sys/journal.h"

static void tell_quarantine(const char *host, const char *reason, void *data)
{
	const struct journal_about about = {.event = JOURNAL_HOST_QUARANTINED, .host = host};

	(void)data;
	journal_write(JOURNAL_ERROR, &about, "host %s is in quarantine: %s", host, reason);
}

int bulletin_hosts(struct db *db, int64_t *last_step, struct err *err)
{
	return host_quarantines(db, last_step, tell_quarantine, NULL, err);
}
