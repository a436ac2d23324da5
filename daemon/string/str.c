/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "string/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *str_text(const struct str *str)
{
	return str->text ? str->text : "";
}

static void make_room(struct str *str, size_t more)
{
	size_t need = str->length + more + 1;

	if (need <= str->size)
		return;
	str->size = need < 64 ? 64 : need + need / 2;
	str->text = mem_grow(str->text, str->size, 1);
}

void str_add_bytes(struct str *str, const void *bytes, size_t count)
{
	make_room(str, count);
	if (count)
		memcpy(str->text + str->length, bytes, count);
	str->length += count;
	str->text[str->length] = '\0';
}

void str_add(struct str *str, const char *text)
{
	str_add_bytes(str, text, strlen(text));
}

void str_add_char(struct str *str, char c)
{
	str_add_bytes(str, &c, 1);
}

void str_addv(struct str *str, const char *format, va_list args)
{
	va_list again;
	int need;

	va_copy(again, args);
	need = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (need < 0)
		return;
	make_room(str, (size_t)need);
	vsnprintf(str->text + str->length, (size_t)need + 1, format, args);
	str->length += (size_t)need;
}

void str_addf(struct str *str, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	str_addv(str, format, args);
	va_end(args);
}

void str_reset(struct str *str)
{
	str->length = 0;
	if (str->text)
		str->text[0] = '\0';
}

void str_clear(struct str *str)
{
	free(str->text);
	*str = (struct str)STR_INIT;
}

char *str_take(struct str *str)
{
	char *text = str->text ? str->text : mem_strdup("");

	*str = (struct str)STR_INIT;
	return text;
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *text_trim(char *text)
{
	size_t n;

	while (is_blank(*text))
		text++;
	n = strlen(text);
	while (n && is_blank(text[n - 1]))
		text[--n] = '\0';
	return text;
}

size_t text_distance(const char *a, const char *b)
{
	enum { MAX = 64 };
	size_t n = strlen(a), m = strlen(b);
	size_t row[MAX + 1];

	if (n > MAX || m > MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[m];
}
