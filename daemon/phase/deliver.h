/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_DELIVER_H
#define PHASE_DELIVER_H

#include "base/clock.h"
#include "base/err.h"
#include "config/settings.h"
#include "io/db.h"

struct deliver_counts {
	int sent, later, parked;
	char trouble[400]; /* the last answer of those that are not sent; "": all are */
};

/*
 * Writes the weekly digest when it is due, then sends what is due, one mail after the other.
 * That an attempt begins is stored before it is made, its answer after; whoever dies between
 * leaves a mail that is sent again under the same Message-ID. state is the state folder: its
 * mail.lock keeps a second sender away (0 and nothing sent then). The owner is told of a mail
 * that was refused for good.
 */
int deliver_due(struct db *db, const struct settings *settings, const char *state,
	const struct clock *clock, struct deliver_counts *ret, struct err *err);

/* Is a mail due, and somebody configured to get it? 1, 0 or an error. */
int deliver_is_due(
	struct db *db, const struct settings *settings, int64_t now_unix_ms, struct err *err);

#endif
