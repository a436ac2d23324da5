/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/zip.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>

#include <zlib.h>

#include "base/mem.h"

enum { HEADER_BYTES = 8 };

void zip_pack(const void *data, size_t size_bytes, void **ret, size_t *ret_bytes)
{
	uLongf room = compressBound((uLong)size_bytes);
	unsigned char *packed = mem_new(HEADER_BYTES + room, 1);
	int code = compress2(packed + HEADER_BYTES, &room, data, (uLong)size_bytes, 6);

	assert(code == Z_OK); /* the buffer is as large as zlib asked for */
	for (int i = 0; i < HEADER_BYTES; i++)
		packed[i] = (unsigned char)((uint64_t)size_bytes >> (8 * i));
	*ret = packed;
	*ret_bytes = HEADER_BYTES + room;
}

int zip_unpack(const void *packed, size_t packed_bytes, size_t limit_bytes, char **ret,
	size_t *ret_bytes, struct err *err)
{
	const unsigned char *bytes = packed;
	auto_free char *text = NULL;
	uint64_t size_bytes = 0;
	uLongf got;
	uLong used = (uLong)packed_bytes - HEADER_BYTES;

	if (packed_bytes < HEADER_BYTES)
		return err_set(
			err, -EBADMSG, "packed text of %zu bytes is too short", packed_bytes);
	for (int i = 0; i < HEADER_BYTES; i++)
		size_bytes |= (uint64_t)bytes[i] << (8 * i);
	if (size_bytes > limit_bytes)
		return err_set(err, -EFBIG, "packed text claims %llu bytes, more than %zu",
			(unsigned long long)size_bytes, limit_bytes);
	text = mem_new(size_bytes + 1, 1);
	/* Room for one byte more, or a stream of one byte would pass for an empty one. */
	got = (uLongf)size_bytes + 1;
	if (uncompress2((Bytef *)text, &got, bytes + HEADER_BYTES, &used) != Z_OK ||
		got != size_bytes || used != packed_bytes - HEADER_BYTES)
		return err_set(err, -EBADMSG, "packed text is damaged");
	text[size_bytes] = '\0';
	*ret = take_ptr(text);
	*ret_bytes = size_bytes;
	return 0;
}
