/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/wrap.h"

#include <stdbool.h>
#include <string.h>

static bool is_row(const char *line, size_t bytes)
{
	return bytes == 0 || line[0] == ' ' || memmem(line, bytes, "  ", 2) ||
	       memmem(line, bytes, "--", 2) || memmem(line, bytes, "://", 3);
}

/* Characters, not bytes: continuation bytes take no column. */
static size_t columns(const char *text, size_t bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* How long the next word is; a number and its percent sign are one. */
static size_t word_bytes(const char *line, size_t bytes)
{
	size_t at = 0;

	while (at < bytes && (line[at] != ' ' || (at + 1 < bytes && line[at + 1] == '%')))
		at++;
	return at;
}

static void put_prose(FILE *out, const char *line, size_t bytes)
{
	size_t column = 0;

	while (bytes > 0) {
		size_t word = word_bytes(line, bytes);
		size_t width = columns(line, word);
		bool more = word < bytes;

		if (column > 0 && column + 1 + width > WRAP_COLUMNS) {
			putc('\n', out);
			column = 0;
		}
		if (column > 0)
			putc(' ', out);
		fwrite(line, 1, word, out);
		column += width + (column > 0);
		line += word + more;
		bytes -= word + more;
	}
	putc('\n', out);
}

void wrap_text(FILE *out, const char *text)
{
	while (*text) {
		size_t bytes = strcspn(text, "\n");

		if (is_row(text, bytes)) {
			fwrite(text, 1, bytes, out);
			putc('\n', out);
		} else {
			put_prose(out, text, bytes);
		}
		text += bytes + (text[bytes] == '\n');
	}
}
