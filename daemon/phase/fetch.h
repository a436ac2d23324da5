/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_FETCH_H
#define PHASE_FETCH_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

/*
 * A thread from an archive of mails, as a good guest of the archive: one request,
 * which asks for news only when a copy is kept (STATE/threads), and none at all
 * while the archive has asked to be left alone (429, 503 and their Retry-After).
 */
struct fetch {
	const char *word;    /* Message-ID or URL */
	const char *archive; /* URL, for what names none */
	const char *state;   /* folder */
	bool copy_will_do;   /* no request when there is a copy */
	const struct clock *clock;
};

struct fetched {
	char *file;   /* the thread, an mbox */
	char *id;     /* Message-ID that was asked for */
	char *remark; /* why it may not be the newest, or NULL */
};

/*
 * -ENOENT when the archive has no such mail, -EAGAIN while it wants to be left
 * alone, -EBADMSG for what is no thread, -EFBIG above the limit. The caller clears
 * *ret.
 */
int fetch_thread(const struct fetch *fetch, struct fetched *ret, struct err *err);
void fetched_clear(struct fetched *fetched);

#endif
