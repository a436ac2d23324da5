/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT_BYTES = 1 << 20 };

static void unpack(const void *packed, size_t packed_bytes, char **ret, size_t *ret_bytes)
{
	struct err err = ERR_INIT;

	if (zip_unpack(packed, packed_bytes, LIMIT_BYTES, ret, ret_bytes, &err) < 0) {
		if (*ret || !err.text[0])
			abort();
		return;
	}
	if (*ret_bytes > LIMIT_BYTES || (*ret)[*ret_bytes])
		abort();
}

/* Any bytes unpack within the limit or not at all; any bytes packed come back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = NULL, *back = NULL;
	auto_free void *packed = NULL;
	size_t text_bytes = 0, packed_bytes, back_bytes = 0;

	unpack(data, size, &text, &text_bytes);
	if (size > LIMIT_BYTES)
		return 0;
	zip_pack(data, size, &packed, &packed_bytes);
	unpack(packed, packed_bytes, &back, &back_bytes);
	if (!back || back_bytes != size || memcmp(back, data, size) != 0)
		abort();
	return 0;
}
