/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTICE_ALERT_H
#define NOTICE_ALERT_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "model/event.h"
#include "model/finding.h"

/*
 * From a finished comparison to what people are told. Each of these is one
 * transaction, or part of the caller's: what happened to the event, and the mail that tells it,
 * are stored together or not at all. phase/deliver.h sends what they wrote. They are
 * idempotent: asked again about the same thing they change nothing.
 */

/*
 * A confirm is done (any other sort of comparison is none of our business):
 * opens an event, adds to one that is open, or sees that one is fixed.
 */
int alert_judged(struct db *db, const struct settings *settings, int64_t comparison_id,
	int64_t now_unix_ms, struct err *err);

/* A bisect of an event ended: narrows its range and answers in its thread. */
int alert_bisected(struct db *db, const struct settings *settings, int64_t event_id,
	const struct finding *finding, int64_t now_unix_ms, struct err *err);

/* A harmless mail to one address; *ret_id is its row of the outbox. */
int alert_test(struct db *db, const struct settings *settings, const char *address,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err);

#endif
