/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>

/*
 * The wish to stop: SIGINT, SIGTERM and SIGHUP set it, every long wait asks
 * for it at least five times a second and returns -EINTR. A second SIGINT ends
 * the process at once, by the signal's default action.
 */
void stop_install(void);
bool stop_requested(void);

/* Sleeps, at most until a stop is requested; false then. */
bool stop_sleep_ms(int milliseconds);

#endif
