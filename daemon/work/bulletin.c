/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/bulletin.h"

#include "store/hosts.h"

static void tell_quarantine(const char *host, const char *reason, void *data)
{
	const struct journal_about about = {.event = JOURNAL_HOST_QUARANTINED, .host = host};

	(void)data;
	journal_write(JOURNAL_ERROR, &about, "host %s is in quarantine: %s", host, reason);
}

void bulletin_end(struct journal_about about, const struct job_end *end)
{
	bool is_kernels = end->failure == FAILURE_KERNEL || end->failure == FAILURE_BUILD;

	about.event = is_kernels ? JOURNAL_KERNEL_FAILED : JOURNAL_JOB_ENDED;
	if (end->outcome == JOB_FAILED)
		journal_write(is_kernels ? JOURNAL_INFO : JOURNAL_ERROR, &about,
			"ended: %s: %s", failure_name(end->failure),
			end->reason ? end->reason : "no reason given");
	else
		journal_write(
			JOURNAL_INFO, &about, "ended: %s", job_outcome_name(end->outcome));
}

int bulletin_hosts(struct db *db, int64_t *last_step, struct err *err)
{
	return host_quarantines(db, last_step, tell_quarantine, NULL, err);
}
