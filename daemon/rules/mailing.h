/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_MAILING_H
#define RULES_MAILING_H

#include <stdbool.h>
#include <stdint.h>

/* Whether, how and when people are mailed. */

#define MAILING_DAY_MS 86400000LL

enum mailing_way {
	MAILING_NOT,	/* never: it would not be believed, and rightly */
	MAILING_DIGEST, /* with others, once a week */
	MAILING_REPORT, /* a mail of its own */
};

/* What is known of an event when it is to be told. */
struct mailing_facts {
	bool improved;
	bool emulated, emulated_allowed;
	bool control_moved; /* the negative control differs between the two kernels */
	bool host_moved;    /* control, baseline or A/A of the host moved in that lab session */
	bool tainted;	    /* a boot with a tainted kernel */
	bool no_branch;	    /* somebody's own two commits, not news of a branch */
	int reports_today, daily_limit; /* of the branch */
};

/* Is what was measured to be believed, whoever is told? */
bool mailing_is_believed(const struct mailing_facts *facts);

/* *ret_why is a static phrase for the event's story. */
enum mailing_way mailing_way(const struct mailing_facts *facts, const char **ret_why);

/* The first moment from now on that is not in the quiet hours (UTC, from == to: none). */
int64_t mailing_after_quiet(int64_t now_unix_ms, int from, int to);

/* After the n-th failed attempt: a minute, doubling, at most six hours. */
int64_t mailing_back_off_ms(int attempts);

/* Is the digest due on this day (0: Monday) when the last one was written then (0: never)? */
bool mailing_digest_due(int64_t now_unix_ms, int day, int64_t last_unix_ms);

#endif
