/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out must be harmless wherever it is put, and at most so long. */
static void check(const char *written, size_t size, size_t limit)
{
	if (size > limit || strlen(written) != size || strpbrk(written, "<>\"'\x1B\x07\r\x7F"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	auto_free char *bytes = NULL, *url = NULL, *anchor = NULL;
	size_t count = 0;
	FILE *out = open_memstream(&bytes, &count);

	html_bytes(out, (const char *)data, size, SIZE_MAX);
	fclose(out);
	check(bytes, count, 9 * size);
	out = open_memstream(&url, &count);
	html_url(out, text);
	fclose(out);
	check(url, count, 5 * size + 1);
	if (strchr(url, ':') && strncmp(url, "http", 4) != 0 &&
		strncmp(url, "mailto:", 7) != 0 && strcspn(url, ":") < strcspn(url, "/?#"))
		abort();
	out = open_memstream(&anchor, &count);
	html_anchor(out, text);
	fclose(out);
	check(anchor, count, 3 * size);
	return 0;
}
