/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/gitsay.h"
#include "text/trailers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A commit's message: whatever is in it, what comes out are at most 32 named lines. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *message = mem_strndup((const char *)data, size);
	auto_free char *people = trailers_reviewers(message);
	int lines = 0;

	for (const char *line = people; *line; line += strcspn(line, "\n") + 1) {
		const char *colon = strstr(line, ": ");

		if (!colon || colon > line + strcspn(line, "\n") || ++lines > 32)
			abort();
		if (!line[strcspn(line, "\n")])
			break;
	}
	if (git_said(message) > 0)
		abort();
	return 0;
}
