/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_FILES_H
#define RUNNER_FILES_H

#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "string/strv.h"

/* The small files of /proc and /sys: read to the end, whatever stat(2) says of their size. */

/* Adds at most limit_bytes of a file to ret; negative errno when it cannot be read. */
int files_read(const char *path, size_t limit_bytes, struct str *ret);

/* The first line of a file; NULL when it cannot be read. The caller frees. */
char *files_line(const char *path);

/* The number a file holds, or the one after a key ("thp_fault_alloc 12"); -ENOENT without it.
 */
int files_number(const char *path, uint64_t *ret);
int files_number_of(const char *path, const char *key, uint64_t *ret);
int files_number_in(const char *text, const char *key, uint64_t *ret);

/* Writes a value as one write(2), as control files want it. */
int files_write(const char *path, const char *value, struct err *err);

/*
 * The existing files a pattern names, sorted; '*' stands for any text within
 * one component. (glob(3) would pull the user database into a static program.)
 */
void files_expand(const char *pattern, struct strv *ret);

#endif
