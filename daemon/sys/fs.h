/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_FS_H
#define SYS_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Files and folders. Every error sentence names the path. */

/* Makes a folder and its parents (mode 0755 less umask); an existing one is fine. */
int fs_make_folder(const char *path, struct err *err);

/*
 * Reads a whole file of at most limit_bytes; -EFBIG when it is larger. The
 * caller frees *ret; a NUL byte follows the content. ret_bytes may be NULL.
 */
int fs_read(
	const char *path, size_t limit_bytes, char **ret, size_t *ret_bytes, struct err *err);

/*
 * Replaces a file as a whole: written beside its name, synced, renamed. A file
 * that holds these bytes already is left alone, time stamp included. The
 * folder must exist.
 */
int fs_write_atomic(const char *path, const void *data, size_t size_bytes, struct err *err);

/*
 * The same without waiting for the disk: for many files, which fs_sync() of
 * their folder then waits for together. Until it is renamed the file has a name
 * that begins with `at`, on the same file system: whoever is killed leaves
 * those, and can find them there.
 */
int fs_write_lazy(
	const char *path, const char *at, const void *data, size_t size_bytes, struct err *err);

/* Waits until everything written to the file system that holds path is on the disk. */
int fs_sync(const char *path, struct err *err);

/* Copies a file the same way, keeping its permission bits. */
int fs_copy_atomic(const char *from, const char *to, struct err *err);

bool fs_exists(const char *path);

/* Bytes that an unprivileged user can still write below path, or a negative errno. */
int64_t fs_free_bytes(const char *path);

/* Removes a file or a whole folder; one that is missing is fine. Never follows a symlink. */
int fs_remove_tree(const char *path, struct err *err);

/* The absolute path of an existing file or folder; the caller frees. */
int fs_absolute(const char *path, char **ret, struct err *err);

#endif
