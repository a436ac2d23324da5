/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/image.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

size_t image_blank(void *image, size_t size_bytes, const void *what, size_t what_bytes)
{
	char *at = image, *end = at + size_bytes;
	size_t count = 0;

	if (what_bytes == 0)
		return 0;
	while ((at = memmem(at, (size_t)(end - at), what, what_bytes))) {
		memset(at, 0, what_bytes);
		at += what_bytes;
		count++;
	}
	return count;
}

void image_blank_names(
	void *image, size_t size_bytes, const char *localversion, const char *build_id)
{
	size_t count = strlen(build_id) / 2;
	auto_free uint8_t *bytes = mem_new(count + 1, 1);

	for (size_t i = 0; i < count; i++) {
		unsigned int byte = 0;

		sscanf(build_id + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t)byte;
	}
	image_blank(image, size_bytes, localversion, strlen(localversion));
	image_blank(image, size_bytes, bytes, count);
}
