/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/buildid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int r, const char *hex)
{
	size_t n = strlen(hex);

	if (r == 0 && (n == 0 || n % 2 || n >= BUILDID_HEX_BYTES))
		abort();
	if (r < 0 && n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char notes[BUILDID_HEX_BYTES] = "", elf[BUILDID_HEX_BYTES] = "";
	struct err err = ERR_INIT;

	check(buildid_from_notes(data, size, notes, &err), notes);
	check(buildid_from_elf(data, size, elf, &err), elf);
	return 0;
}
