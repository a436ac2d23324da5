/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_ROSTER_H
#define STAGE_ROSTER_H

#include "config/settings.h"
#include "io/db.h"
#include "rules/schedule.h"

/*
 * The open jobs and the hosts as the store has them, kept in memory: ten
 * thousand jobs are read once, and then only what has changed. What the service
 * knows of a job beside its row, its child at work, hangs on the entry.
 */
struct entry {
	struct job job;
	void *owned; /* by who uses the roster; an entry that has one stays */
};

struct roster {
	struct entry **entries; /* by rising id */
	size_t count, room;
	struct schedule_job *view; /* of the entries, for the schedule */
	struct schedule_host *hosts;
	size_t host_count;
	int64_t change; /* of the last job that was read */
	bool is_paused; /* the service as a whole */
};

void roster_clear(struct roster *roster);

/*
 * Takes the hosts of the settings, which it borrows from then on, and stores
 * them. Whether they are usable the next roster_read() says.
 */
int roster_take_hosts(
	struct roster *roster, const struct settings *settings, struct db *db, struct err *err);

/* Reads what has changed. */
int roster_read(struct roster *roster, struct db *db, struct err *err);

/* Forgets the jobs that have ended and are nobody's. */
void roster_sweep(struct roster *roster);

/* For schedule_next(); valid until the roster is changed. An entry with `owned` has a child. */
struct schedule roster_see(const struct roster *roster, int64_t now_unix_ms);

/* The name of a host's row, or NULL. */
const char *roster_host_name(const struct roster *roster, int64_t host_id);

#endif
