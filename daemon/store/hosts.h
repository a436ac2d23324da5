/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_HOSTS_H
#define STORE_HOSTS_H

#include "io/db.h"

/*
 * The health of hosts, and the story of how it came to be. Every change writes
 * its line of the story in the same transaction, and may be part of one of the
 * caller's.
 */

/* The row of a host. -ENOENT when the store has never seen it. */
int host_find(struct db *db, const char *name, int64_t *ret_id, struct err *err);

/*
 * A check that went well ends nobody's quarantine: that takes host_release(). What the
 * first one has found is what the machine is: identity (rules/machine.h) and score of
 * later ones are not kept.
 */
int host_checked(struct db *db, int64_t host_id, const char *text, const char *identity,
	int64_t score_us, int64_t now_unix_ms, struct err *err);

/* That; NULL and 0 when nobody has looked. The caller frees. */
int host_known(struct db *db, int64_t host_id, char **ret_identity, int64_t *ret_score_us,
	struct err *err);

/* Out of service: no job gets the host until somebody releases it. */
int host_quarantine(struct db *db, int64_t host_id, const char *reason, int64_t now_unix_ms,
	struct err *err);

/* Nobody has looked at it since it was enrolled, or released. */
int host_is_unchecked(struct db *db, int64_t host_id, bool *ret, struct err *err);
int host_is_quarantined(struct db *db, int64_t host_id, bool *ret, struct err *err);

/* Back into service; why is for the story. -EINVAL when it is not in quarantine. */
int host_release(
	struct db *db, int64_t host_id, const char *why, int64_t now_unix_ms, struct err *err);

/* When the host came back into service last; 0: it was never out of it. */
int host_released_at(struct db *db, int64_t host_id, int64_t *ret_unix_ms, struct err *err);

/* The way back to golden after a failure: a line of the story, no change of health. */
int host_rescued(
	struct db *db, int64_t host_id, const char *text, int64_t now_unix_ms, struct err *err);

/*
 * The machine or its link failed a job: a line of the story. *ret_failures is how
 * many there were in a row, this one included.
 */
int host_failed(struct db *db, int64_t host_id, const char *text, int64_t now_unix_ms,
	int *ret_failures, struct err *err);

/* It did what it was asked to: the row of failures ends. */
int host_served(struct db *db, int64_t host_id, struct err *err);

/*
 * Tells every quarantine that began after the step *last_step, and moves that
 * on. -1 asks for none: only where the story ends now.
 */
int host_quarantines(struct db *db, int64_t *last_step,
	void (*tell)(const char *host, const char *reason, void *data), void *data,
	struct err *err);

/* The story, oldest first; text is hostile. */
int host_story(struct db *db, int64_t host_id,
	void (*tell)(int64_t unix_ms, const char *what, const char *text, void *data),
	void *data, struct err *err);

#endif
