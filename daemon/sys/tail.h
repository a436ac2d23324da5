/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_TAIL_H
#define SYS_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Files that others append to: what was added since a mark. No path: nothing ever. */

/* The size of the file now; 0 when there is none yet. */
int64_t tail_mark(const char *path);

/*
 * What was added since mark, its last limit_bytes when it is more. The caller
 * frees; a NUL byte follows. A file that is missing has nothing added.
 */
int tail_read(const char *path, int64_t mark, size_t limit_bytes, char **ret, size_t *ret_bytes,
	struct err *err);

#endif
