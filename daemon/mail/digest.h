/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAIL_DIGEST_H
#define MAIL_DIGEST_H

#include <stdint.h>

#include "base/err.h"
#include "io/db.h"
#include "model/digest.h"

/*
 * What happened since a moment and had no mail of its own: events told by digest,
 * confirms that found nothing, steps in the history. Judges what it tells of; the
 * caller clears *ret.
 */
int digest_gather(struct db *db, int64_t since_unix_ms, int64_t now_unix_ms, struct digest *ret,
	struct err *err);

#endif
