/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The wish to stop: SIGINT, SIGTERM and SIGHUP set it, every long wait asks
 * for it at least five times a second and returns -EINTR. A second signal ends what
 * was deferred, a third the process, by the signal's default action.
 */
void stop_install(void);
bool stop_requested(void);

/*
 * What is to be finished first, a machine's way back to golden: until
 * stop_heed(), one wish is no reason to stop, unless limit_ms have passed since that
 * was noticed first. Two may be nested; the outer limit counts. One thread only.
 */
void stop_defer(int64_t limit_ms);
void stop_heed(void);

/* Was it asked for twice: is what was deferred not wanted any more? */
bool stop_insisted(void);

/* Sleeps, at most until a stop is requested; false then. */
bool stop_sleep_ms(int milliseconds);

#endif
