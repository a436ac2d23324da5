/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/image.h"

#include <string.h>

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
