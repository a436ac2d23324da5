/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv csv;
	struct err err = ERR_INIT;
	size_t length = 0, line = 0;

	if (csv_parse(&csv, "fuzz", (const char *)data, size, &err) < 0) {
		if (!err.text[0])
			abort();
		return 0;
	}
	for (size_t c = 0; c < csv.columns; c++) {
		length += strlen(csv.titles[c]);
		csv_is_numeric(&csv, c);
	}
	for (size_t r = 0; r < csv.rows; r++) {
		if (csv.lines[r] <= line)
			abort();
		line = csv.lines[r];
		for (size_t c = 0; c < csv.columns; c++) {
			double value;

			length += strlen(csv_cell(&csv, r, c));
			if (csv_value(&csv, r, c, &value, &err) == 0 && value - value != 0)
				abort();
		}
	}
	/* unquoting only ever shortens; numbered titles have at most 4 digits */
	if (length > size + 4 * csv.columns)
		abort();
	csv_clear(&csv);
	return 0;
}
