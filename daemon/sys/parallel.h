/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_PARALLEL_H
#define SYS_PARALLEL_H

#include <stddef.h>

#include "base/err.h"

/*
 * Many independent pieces of work, done by a few threads of which the caller is
 * one. Each thread has something of its own (a database connection, say) that
 * it makes before its first piece and ends after its last.
 */
struct parallel {
	int threads; /* at least 1, with the caller */
	void *data;  /* for all of these */

	/* What a thread needs: 0 and *ret_own; the caller's thread is number 0. */
	int (*begin)(void *data, int thread, void **ret_own, struct err *err);
	int (*piece)(void *data, void *own, size_t index, struct err *err);
	void (*end)(void *data, void *own);

	/* How many pieces were begun: called by the caller's thread only. May be NULL. */
	void (*tell)(void *data, size_t begun, size_t count);
};

/*
 * Does the pieces 0..count-1, begun in that order. The first failure ends all,
 * after the pieces under way, and is returned with its sentence. -EINTR when
 * stopping was asked for.
 */
int parallel_run(const struct parallel *work, size_t count, struct err *err);

/* How many threads are worth it here: the processors, at most `most`. */
int parallel_threads(int most);

#endif
