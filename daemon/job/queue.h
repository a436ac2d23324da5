/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOB_QUEUE_H
#define JOB_QUEUE_H

#include "base/err.h"
#include "sys/loop.h"
#include "work/workspace.h"

/*
 * The queue at work: keeps the open jobs in memory, asks rules/schedule.h what
 * to start, starts a child for each phase, and moves jobs on by what their
 * children come to. Everything else is in the store: after a crash a new queue
 * goes on where the old one was.
 */
struct queue;

/*
 * workspace and loop are borrowed; config is the path of a configuration that
 * is known to be good, for the children, or NULL.
 */
int queue_open(struct queue **ret, struct workspace *workspace, struct loop *loop,
	const char *config, struct err *err);
void queue_close(struct queue *queue);

/* Begins to work, from within the loop. */
void queue_start(struct queue *queue);

/*
 * Takes the workspace's settings anew, after they were read again: the hosts.
 * Children that run keep the old ones.
 */
int queue_reload(struct queue *queue, struct err *err);

/*
 * Starts nothing more and asks all children to stop; calls back once, when none
 * is left: at once when there is none now.
 */
void queue_stop(struct queue *queue, void (*on_idle)(void *data), void *data);

/* It was asked to stop again: the children give up what they still do for their hosts. */
void queue_insist(struct queue *queue);

#endif
