/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_ZIP_H
#define IO_ZIP_H

#include <stddef.h>

#include "base/err.h"

/*
 * Text as it is kept in the store: a zlib stream behind eight bytes that say
 * how long the text is (little endian).
 */

/* The caller frees *ret. */
void zip_pack(const void *data, size_t size_bytes, void **ret, size_t *ret_bytes);

/*
 * Back to the text, a NUL byte follows it; the caller frees *ret. -EBADMSG when
 * the stream is damaged, -EFBIG when it claims more than limit_bytes.
 */
int zip_unpack(const void *packed, size_t packed_bytes, size_t limit_bytes, char **ret,
	size_t *ret_bytes, struct err *err);

/*
 * Unpacks a gzip file (RFC 1952) of one member; the caller frees *ret, a NUL
 * byte follows the text. -EBADMSG when it is damaged or cut, -EFBIG when it holds
 * more than limit_bytes.
 */
int zip_gunzip(const void *packed, size_t packed_bytes, size_t limit_bytes, char **ret,
	size_t *ret_bytes, struct err *err);

#endif
