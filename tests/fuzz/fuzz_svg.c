/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/svg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing may be written on failure, and groups must balance on success. */
static void check(int result, const char *written)
{
	long depth = 0;

	if (result < 0 && *written)
		abort();
	for (const char *p = written; (p = strchr(p, '<')); p++) {
		if (strncmp(p, "<g>", 3) == 0 || strncmp(p, "<g ", 3) == 0)
			depth++;
		else if (strncmp(p, "</g>", 4) == 0)
			depth--;
		if (depth < 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *document = mem_strndup((const char *)data, size);

	for (size_t element = 0; element < 3; element++) {
		auto_free char *written = NULL;
		size_t count = 0;
		FILE *out = open_memstream(&written, &count);
		int r = element ? svg_element(out, document, element) : svg_body(out, document);

		fclose(out);
		check(r, written);
	}
	return 0;
}
