/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "text/dirtylog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is what is expected: '1' to '8' iterations, or 'a' to 'h' without clearing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dirtylog_expect expect = {.iterations = 2, .manual_protect = true};
	struct dirtylog log;
	struct err err = ERR_INIT;

	if (!size)
		return 0;
	expect.manual_protect = data[0] < 'a';
	expect.iterations = 1 + (data[0] - 1u) % 8;
	if (dirtylog_parse((const char *)data + 1, size - 1, &expect, &log, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	if (log.count != (expect.manual_protect ? 3 : 2) * (size_t)expect.iterations +
				 (expect.manual_protect ? 5 : 4))
		abort();
	for (size_t i = 0; i < log.count; i++) {
		if (log.values[i].duration_ns < 0 ||
			!dirtylog_metric_name(log.values[i].metric))
			abort();
	}
	dirtylog_clear(&log);
	return 0;
}
