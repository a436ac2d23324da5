/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The probe's report; behind a '%' the counter's output. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *cut = size ? memchr(text, '%', size) : NULL;
	size_t report_bytes = cut ? (size_t)(cut - text) : size;
	struct probe_report report;
	struct err err = ERR_INIT;
	size_t dropped = 0;

	if (probe_parse(text, report_bytes, cut ? cut + 1 : NULL,
		    cut ? size - report_bytes - 1 : 0, &report, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	for (size_t i = 0; i < report.call_count; i++) {
		if (report.calls[i].kind >= PROBE_KIND_COUNT || report.calls[i].duration_ns < 0)
			abort();
		dropped += !report.calls[i].has_instructions;
	}
	if (dropped != (cut ? report.calls_dropped : report.call_count))
		abort();
	probe_report_clear(&report);
	return 0;
}
