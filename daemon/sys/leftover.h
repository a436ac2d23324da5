/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LEFTOVER_H
#define SYS_LEFTOVER_H

#include "base/err.h"

/*
 * What a service that was killed has left behind. Its children die with it, but
 * not theirs, a compiler under a make, say; all of them carry a mark in their
 * environment ("NAME=value"), by which they are found.
 *
 * Kills every process of this user with the mark but ourselves, and waits until
 * they are gone. Returns how many there were; -EBUSY when one is still there
 * after limit_ms.
 */
int leftover_end(const char *mark, int limit_ms, struct err *err);

#endif
