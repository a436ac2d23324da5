/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTICE_REPLY_H
#define NOTICE_REPLY_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"
#include "model/applied.h"
#include "model/comparison.h"

/* A mail in reply to the cover letter of a posted series; only when a person says so. */
struct reply {
	const struct applied *series;
	const struct comparison *whole; /* base against tip, judged */
	const char *text;		/* what it says, see work/answer.h */
	bool again;			/* although there is a reply already */
};

/*
 * Writes it into the outbox, to the author of the cover letter and to whom [mail] series-cc
 * names; dry as all mails are while nobody is configured to send. *ret_id is its row. Refused
 * with a sentence: a second one, one of what was not measured to its end, what an emulated
 * host shows (unless [mail] emulated), mails that cannot be answered.
 */
int reply_write(struct db *db, const struct settings *settings, const struct reply *reply,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err);

#endif
