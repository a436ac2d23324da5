/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "text/modes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct guest_modes modes;
	struct err err = ERR_INIT;

	if (modes_parse((const char *)data, size, &modes, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	if (!modes.count || modes.count > MODES_MAX)
		abort();
	for (size_t i = 0; i < modes.count; i++) {
		if (!modes_find(&modes, modes.items[i].name))
			abort();
	}
	modes_clear(&modes);
	return 0;
}
