/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_AT_H
#define SYS_AT_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Files and folders by their name in an open folder. A symbolic link is never
 * followed, so whatever lies in the folder, nothing outside it is touched.
 * Names must be single parts ("a", not "a/b", "." or ".."): the caller checks.
 * All return 0, or a negative errno.
 */

/* Opens a folder for reading; *ret is closed with closedir(). */
int at_open_folder(int fd, const char *name, DIR **ret);

/* The descriptor of a folder, which is made, in the place of a file or link if need be. */
int at_enter(int fd, const char *name, int *ret_fd);

/* Removes a file, a link or a whole folder; one that is missing is fine. */
int at_remove(int fd, const char *name);

/* Writes a new file; -EEXIST when the name is taken. */
int at_write_file(
	int fd, const char *name, bool executable, const void *data, size_t size_bytes);

/* Makes a symbolic link; -EINVAL when the target is empty or holds a NUL byte. */
int at_write_link(int fd, const char *name, const void *target, size_t size_bytes);

/*
 * Reads a regular file of at most limit_bytes; the caller frees *ret.
 * -EINVAL for anything but a regular file, -EFBIG for a larger one.
 */
int at_read_file(int fd, const char *name, size_t limit_bytes, char **ret,
	size_t *ret_size_bytes, bool *ret_executable);

#endif
