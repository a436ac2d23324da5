/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_INTAKE_H
#define PHASE_INTAKE_H

#include "base/err.h"
#include "io/db.h"
#include "model/applied.h"

/*
 * A posted series becomes commits of a repository: the thread is read, the newest
 * complete revision chosen, its base found, and its patches applied in memory.
 */
struct intake {
	const char *file; /* of the mails: mbox, or one mail */
	const char *id;	  /* Message-ID that is meant; NULL: the thread as a whole */
	const char *repo; /* path of the git repository */
	const char *base; /* NULL: to be found */
	int version;	  /* 0: the newest complete one */
	struct db *db;	  /* for the tips of watched branches; NULL: none */
};

/* Every failure is a sentence for the one who asked. The caller clears *ret. */
int intake_series(const struct intake *intake, struct applied *ret, struct err *err);

#endif
