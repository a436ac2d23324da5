/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_BUILDID_H
#define TEXT_BUILDID_H

#include <stddef.h>

#include "base/err.h"

/*
 * The GNU build-id of a kernel: 20 bytes that the linker derived from the
 * content of vmlinux, in a note of type NT_GNU_BUILD_ID (3) and owner "GNU"
 * (elf(5), "Notes"). The running kernel shows the same notes in
 * /sys/kernel/notes.
 */
enum { BUILDID_MAX_BYTES = 64, BUILDID_HEX_BYTES = 2 * BUILDID_MAX_BYTES + 1 };

/* Of little-endian notes, as in /sys/kernel/notes. -ENOENT when there is none. */
int buildid_from_notes(
	const void *notes, size_t size_bytes, char ret_hex[BUILDID_HEX_BYTES], struct err *err);

/*
 * Of a 64-bit little-endian ELF file that is in memory as a whole. -ENOENT
 * when it has no build-id, -EINVAL when it is not such a file or is cut.
 */
int buildid_from_elf(
	const void *elf, size_t size_bytes, char ret_hex[BUILDID_HEX_BYTES], struct err *err);

#endif
