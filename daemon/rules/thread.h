/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_THREAD_H
#define RULES_THREAD_H

#include "base/err.h"
#include "model/posting.h"

/*
 * Which series a thread holds. Mails of one sender, one version and one number of
 * patches make a revision; the one to test is the newest that is complete, posted
 * by who posted the mail that was asked for (else the thread's first series):
 * patches that others put into their answers do not count, unless they are what is
 * missing and answer its first mail (git format-patch sends in the authors' names).
 */
struct thread_wish {
	const char *id; /* Message-ID that was asked for; NULL: the thread as a whole */
	int version;	/* this one and no other; 0: the newest complete one */
};

/* A series of more patches is refused. */
enum { THREAD_PATCHES_MAX = 500 };

/*
 * -ENOENT when the thread holds no patch (or none of that version), -ENODATA when
 * no revision is complete: the sentence tells the missing numbers; -EFBIG for a
 * series above the limit. The caller clears *ret.
 */
int thread_choose(const struct posting_list *thread, const struct thread_wish *wish,
	struct posted *ret, struct err *err);

#endif
