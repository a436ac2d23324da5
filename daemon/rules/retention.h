/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_RETENTION_H
#define RULES_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What may be removed from the disk. Whatever an open job, an open event or a
 * process at work needs stays, however old and large it is. Of the rest goes what
 * was not used for keep_days, and then what was not used for longest, until all
 * that is kept fits into keep_bytes. Everything here can be made again: a kernel
 * is built once more, a log is lost.
 */
struct retention_item {
	int64_t bytes;
	int64_t used_unix_ms; /* last */
	bool is_needed;
	bool is_counted; /* towards keep_bytes; logs are not */
	bool goes;	 /* the answer */
};

struct retention_policy {
	int keep_days;
	int64_t keep_bytes; /* 0: no limit */
	int64_t now_unix_ms;
};

/* Sets `goes` of each item; returns the bytes that go. The items are sorted anew. */
int64_t retention_decide(
	const struct retention_policy *policy, struct retention_item **items, size_t count);

#endif
