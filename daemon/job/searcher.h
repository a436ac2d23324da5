/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOB_SEARCHER_H
#define JOB_SEARCHER_H

#include "base/err.h"
#include "sys/loop.h"
#include "work/workspace.h"

/*
 * The service's bisects: whenever one of them has something to hear or to ask,
 * a child (`kvmperfd search`) does one search_walk() of stage/search.h, because
 * walking a kernel's history takes seconds. What it adds are jobs, for the queue.
 */
struct searcher;

/* workspace and loop are borrowed; config as for the queue. */
int searcher_open(struct searcher **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err);
void searcher_close(struct searcher *searcher); /* NULL is fine */

/* Begins to look, from within the loop; starts no child any more after the stop. */
void searcher_start(struct searcher *searcher);
void searcher_stop(struct searcher *searcher);

/* The child. Returns the exit status, after a sentence on stderr when it failed. */
int searcher_walk(const char *config, const char *state);

#endif
