/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_FILES_H
#define RUNNER_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "string/str.h"
#include "string/strv.h"

/*
 * The small files of /proc, /sys and /dev: read to the end, whatever stat(2) says
 * of their size. All paths are absolute.
 */

/* From now on all of them lie below this folder, so that a test has a machine of its own. */
void files_set_root(const char *folder);

/* open(2), close-on-exec and never waiting; a negative errno. */
int files_open(const char *path, int flags);
bool files_exist(const char *path);

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
