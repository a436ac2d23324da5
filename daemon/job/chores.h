/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOB_CHORES_H
#define JOB_CHORES_H

#include "base/err.h"
#include "sys/loop.h"
#include "work/workspace.h"

/*
 * What the service does beside jobs, when it is due: each kind is a child
 * process of its own (`kvmperfd phase NAME`), one at a time, with the deadline and
 * the log STATE/jobs/NAME.log. One that fails is tried again at its next turn.
 */
struct chores;

/* workspace and loop are borrowed; config as for queue_open(). */
int chores_open(struct chores **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err);
void chores_close(struct chores *chores);

void chores_start(struct chores *chores);

/* Asks what runs to stop, and starts nothing more; calls back when nothing runs. */
void chores_stop(struct chores *chores, void (*on_idle)(void *data), void *data);

#endif
