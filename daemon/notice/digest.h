/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NOTICE_DIGEST_H
#define NOTICE_DIGEST_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"

/* Writes the weekly digest into the outbox when one is due and there is something to tell. */
int digest_post(
	struct db *db, const struct settings *settings, int64_t now_unix_ms, struct err *err);

#endif
