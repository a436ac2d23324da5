/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_MAKELOG_H
#define TEXT_MAKELOG_H

#include <stddef.h>

/*
 * Why a build failed, out of the log of make: the first three lines with a
 * compiler's "file:line: error: ...", or else an unresolved symbol, or else
 * what make says itself, or else the last line. `source` is the folder of the
 * source, which is left out of file names. The lines are joined with "; ",
 * each cut to 200 bytes; control characters become blanks. Never NULL; the
 * caller frees.
 */
char *makelog_reason(const char *log, size_t size_bytes, const char *source);

/*
 * A machine that is too small must not be taken for a commit that does not
 * build: the sentence about it when the log says that the disk is full or the
 * compiler was killed, with the errno that fits; NULL otherwise.
 */
const char *makelog_shortage(const char *log, size_t size_bytes, int *ret_errno);

#endif
