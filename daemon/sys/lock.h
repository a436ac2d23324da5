/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_LOCK_H
#define SYS_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * A file that one process at a time holds (flock(2)). Closing the descriptor
 * lets go, and so does the end of the process, however it comes. -EBUSY when
 * another holds it; never waits.
 */
int lock_take(const char *path, int *ret_fd, struct err *err);

/* Does anybody hold it? Looks for a moment only, so whoever takes it should try twice. */
bool lock_is_held(const char *path);

#endif
