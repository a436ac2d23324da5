/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

static size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static bool is_character(uint32_t c, size_t length)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

	return c >= smallest[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) &&
	       (c & 0xFFFE) != 0xFFFE;
}

uint32_t utf8_take(const char **at, size_t *left)
{
	const unsigned char *p = (const unsigned char *)*at;
	size_t length = length_of(p[0]);
	bool valid = length > 0 && length <= *left;
	uint32_t c = length == 1 ? p[0] : p[0] & (0x7Fu >> length);

	for (size_t i = 1; valid && i < length; i++) {
		valid = (p[i] & 0xC0) == 0x80;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (!valid || !is_character(c, length)) {
		c = UTF8_REPLACEMENT;
		length = 1;
	}
	*at += length;
	*left -= length;
	return c;
}

size_t utf8_put(uint32_t c, char ret[4])
{
	size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

	for (size_t i = length; i-- > 1; c >>= 6)
		ret[i] = (char)(0x80 | (c & 0x3F));
	ret[0] = (char)(lead[length] | c);
	return length;
}

void utf8_repair(const char *text, char *ret)
{
	size_t left = strlen(text);

	while (left)
		ret += utf8_put(utf8_take(&text, &left), ret);
	*ret = '\0';
}
