/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_SEARCH_H
#define STAGE_SEARCH_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "model/finding.h"
#include "model/job.h"

/*
 * Bisects in the service: their steps are jobs. Everything is in the store, so
 * a service that was killed goes on with the next call.
 */
struct search {
	struct db *db;
	const struct settings *settings;
	const char *state; /* folder */
	int64_t now_unix_ms;
	/* Answers in the thread of an event: alert_bisected() of notice/alert.h; or NULL. */
	int (*tell)(struct db *db, const struct settings *settings, int64_t event_id,
		const struct finding *finding, int64_t now_unix_ms, struct err *err);
};

/*
 * A confirm was judged, and people were told (notice/alert.h): when that opened
 * an event, its commit is searched, unless it is already. A bisect's own
 * confirms open none. The first job comes with the next search_walk().
 */
int search_judged(struct db *db, const struct settings *settings, const struct job *confirm,
	int64_t now_unix_ms, struct err *err);

/*
 * Hears the jobs that have ended, adds the next ones, and tells what was found
 * to the event. *ret_jobs is how many were added. A bisect that cannot go on
 * (its repository is gone, its host keeps failing) is cancelled with the reason
 * and stops no other one.
 */
int search_walk(const struct search *search, int *ret_jobs, struct err *err);

/*
 * The kernels of a bisect's job are built: 1 when the image of the new one is
 * that of a commit which has answered, so that the job has nothing to measure.
 */
int search_built(const struct search *search, int64_t job_id, struct err *err);

#endif
