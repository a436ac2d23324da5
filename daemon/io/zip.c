/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io/zip.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#define ZLIB_CONST /* zlib's word for: next_in may be const */
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

enum { GZIP_WINDOW = 15 + 16 }; /* the largest window; 16: a gzip header is expected */

/* Inflates until the end of the stream or one byte more than the limit. */
static int inflate_all(z_stream *stream, size_t limit_bytes, char **text, size_t *size_bytes)
{
	int code = Z_OK;

	while (code == Z_OK && *size_bytes <= limit_bytes) {
		size_t room = *size_bytes ? 2 * *size_bytes : 1 << 16;

		if (room > limit_bytes)
			room = limit_bytes + 1;
		*text = mem_grow(*text, room + 1, 1);
		stream->next_out = (Bytef *)*text + *size_bytes;
		stream->avail_out = (uInt)(room - *size_bytes);
		code = inflate(stream, Z_NO_FLUSH);
		*size_bytes = room - stream->avail_out;
		if (code == Z_OK && stream->avail_out)
			code = Z_BUF_ERROR; /* the file ends before its stream does */
	}
	return code;
}

int zip_gunzip(const void *packed, size_t packed_bytes, size_t limit_bytes, char **ret,
	size_t *ret_bytes, struct err *err)
{
	z_stream stream = {0};
	auto_free char *text = NULL;
	size_t size_bytes = 0;
	int code;

	if (packed_bytes > UINT_MAX || limit_bytes >= UINT_MAX / 2)
		return err_set(err, -EFBIG, "a gzip file of %zu bytes", packed_bytes);
	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return err_set(err, -EBADMSG, "zlib cannot start");
	stream.next_in = packed;
	stream.avail_in = (uInt)packed_bytes;
	code = inflate_all(&stream, limit_bytes, &text, &size_bytes);
	inflateEnd(&stream);
	if (size_bytes > limit_bytes)
		return err_set(
			err, -EFBIG, "a gzip file holds more than %zu bytes", limit_bytes);
	if (code != Z_STREAM_END)
		return err_set(err, -EBADMSG, "a gzip file is damaged or cut");
	text[size_bytes] = '\0';
	*ret = take_ptr(text);
	*ret_bytes = size_bytes;
	return 0;
}
