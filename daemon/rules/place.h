/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_PLACE_H
#define RULES_PLACE_H

#include <stddef.h>

#include "base/err.h"
#include "text/hunk.h"

/*
 * Moves the hunks of a file to where their lines are in its content, as `git
 * apply` does it: context must match to the byte, but the place may have moved;
 * the nearest one is taken. -EPROTO and a sentence with file, hunk and the line
 * that differs where the hunk was expected; some hunks are moved then.
 */
int place_hunks(struct hunk *hunks, size_t count, const char *path, const char *content,
	size_t bytes, struct err *err);

#endif
