/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAIL_LETTERS_H
#define MAIL_LETTERS_H

#include "base/err.h"
#include "io/db.h"
#include "model/comparison.h"
#include "model/event.h"
#include "model/finding.h"
#include "model/mail.h"

/*
 * The letters of an event's thread: gathers what one shows (the judged comparison at
 * hand, the same commits on other hosts, what is known of the machine), writes it and
 * puts it into the outbox; part of its caller's transaction.
 */
struct letters {
	struct db *db;
	const struct mail_spec *mail;
	const struct comparison *c; /* judged; NULL: a bisect that ended without one */
	int64_t now_unix_ms;
};

/* The first one, under the Message-ID that the event has. */
int letters_report(const struct letters *letters, int64_t event_id, struct err *err);

/* What follows, each in reply to the report. */
int letters_still(const struct letters *letters, int64_t event_id, struct err *err);
int letters_fixed(const struct letters *letters, int64_t event_id, struct err *err);
int letters_bisect(const struct letters *letters, int64_t event_id,
	const struct finding *finding, struct err *err);

#endif
