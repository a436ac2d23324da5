/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_CPIO_H
#define IO_CPIO_H

#include <stddef.h>

#include "base/err.h"

/* What an initramfs is made of. */
enum cpio_kind {
	CPIO_FOLDER,
	CPIO_FILE,	/* content of from_path */
	CPIO_CHARACTER, /* device node major:minor */
};

struct cpio_entry {
	enum cpio_kind kind;
	const char
		*name; /* inside the archive, no leading slash; folders come before content */
	unsigned mode; /* permission bits */
	const char *from_path;
	unsigned device_major, device_minor;
};

/*
 * Writes an uncompressed "newc" archive, as the kernel reads it (libarchive
 * does the work). Everything belongs to root and carries the time 0, so equal
 * content gives equal bytes. The file is replaced as a whole.
 */
int cpio_write(
	const char *path, const struct cpio_entry *entries, size_t count, struct err *err);

#endif
