/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * The service's event loop, over sd-event: signals, timers, children, and the
 * watchdog of the service manager, which is fed when there is one. Everything
 * runs in one thread; a callback that returns a negative errno ends the loop
 * with it.
 */
struct loop;

int loop_open(struct loop **ret, struct err *err);
void loop_close(struct loop *loop); /* NULL is fine */

/* Until loop_end() or a callback's error. */
int loop_run(struct loop *loop, struct err *err);
void loop_end(struct loop *loop);

/* Calls back for each such signal, which does nothing else then. */
int loop_signal(struct loop *loop, int number, int (*on_signal)(int number, void *data),
	void *data, struct err *err);

/* Calls back once when the child has ended, and reaps it. exit_status is -1 after a signal. */
int loop_child(struct loop *loop, pid_t pid,
	int (*on_end)(int exit_status, int signal, void *data), void *data, struct err *err);

/*
 * A timer, off at first. loop_timer_set() makes it ring once, in delay_ms (at
 * once for 0 and less); a negative LOOP_OFF switches it off.
 */
struct loop_timer;
#define LOOP_OFF INT64_MIN

int loop_timer(struct loop *loop, int (*on_time)(void *data), void *data,
	struct loop_timer **ret, struct err *err);
void loop_timer_set(struct loop_timer *timer, int64_t delay_ms);
void loop_timer_free(struct loop_timer *timer);

#endif
