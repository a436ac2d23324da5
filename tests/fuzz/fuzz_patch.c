/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/makelog.h"
#include "text/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Patch files, and any text as a log of make: its reason is one printable line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_copy(data, size);
	auto_free char *reason = makelog_reason((const char *)data, size, "/source");
	auto_patch struct patch patch = {0};
	struct err err = ERR_INIT;

	if (!reason[0] || strchr(reason, '\n'))
		abort();
	if (patch_parse(text, &patch, &err) < 0) {
		if (!err.text[0] || patch.message)
			abort();
		return 0;
	}
	if (!patch.author_name[0] || !patch.author_mail[0] || patch.message[0] == '\n')
		abort();
	if (strncmp(patch.diff, "diff --git ", 11) != 0)
		abort();
	return 0;
}
