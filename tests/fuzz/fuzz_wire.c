/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "text/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads any payload as some sequence of fields: the first bytes choose which. */
static void read_fields(const struct wire_frame *frame)
{
	struct wire_reader reader;

	wire_reader_init(&reader, frame);
	for (size_t i = 0; i < 16 && reader.left && !reader.bad; i++) {
		if (reader.at[0] == 'u') {
			wire_get_u64(&reader);
		} else if (i % 2) {
			free(wire_get_text(&reader));
		} else {
			size_t count;
			const unsigned char *bytes = wire_get_bytes(&reader, &count);

			if (count && (bytes < frame->payload ||
					     bytes + count > frame->payload + frame->length))
				abort();
		}
	}
	if (wire_reader_end(&reader) == 0 && reader.left)
		abort();
}

/* The stream comes in pieces of the size that the first byte says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_parser parser = {0};
	size_t piece = size ? (size_t)data[0] + 1 : 1, taken = 0;
	struct wire_frame frame;

	for (size_t at = 1; at < size; at += piece) {
		wire_feed(&parser, data + at, size - at < piece ? size - at : piece);
		while (wire_next(&parser, &frame)) {
			if (frame.length > WIRE_PAYLOAD_MAX)
				abort();
			taken += WIRE_HEADER + frame.length;
			read_fields(&frame);
		}
	}
	wire_give_up(&parser);
	while (wire_next(&parser, &frame))
		taken += WIRE_HEADER + frame.length;
	if (taken + parser.skipped_bytes > size)
		abort();
	wire_parser_clear(&parser);
	return 0;
}
