/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_WORKER_H
#define WORK_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "string/strv.h"
#include "sys/loop.h"

/*
 * One child process of the service: this program again, with a log, a deadline
 * and a way to ask it to stop.
 */
struct worker;

/* How it ended. */
struct worker_end {
	int exit_status;       /* -1 after a signal */
	int signal;	       /* or 0 */
	bool timed_out;	       /* it was ended at its deadline */
	bool was_asked;	       /* to stop */
	const char *last_line; /* that it wrote, or how it ended when it wrote none */
};

struct worker_order {
	struct loop *loop;
	const struct strv *args; /* behind the program's name */
	const char *log_path;	 /* appended to; its folder is made */
	int64_t limit_ms;	 /* TERM then */
	int64_t grace_ms;	 /* KILL so long after a TERM */
	int nice;
	/* Called once, from the loop; the worker is gone when it returns. */
	int (*on_end)(const struct worker_end *end, void *data);
	void *data;
};

int worker_start(const struct worker_order *order, struct worker **ret, struct err *err);

/* Asks it to stop; again does nothing. */
void worker_ask(struct worker *worker);

/* It was asked: a second signal, which leaves undone what would still be done first. */
void worker_insist(struct worker *worker);

#endif
