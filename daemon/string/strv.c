/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "string/strv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void add_owned(struct strv *strv, char *text)
{
	strv->items = mem_grow(strv->items, strv->count + 2, sizeof(char *));
	strv->items[strv->count++] = text;
	strv->items[strv->count] = NULL;
}

void strv_add(struct strv *strv, const char *text)
{
	add_owned(strv, mem_strdup(text));
}

void strv_addf(struct strv *strv, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = mem_strdup("");
	va_end(args);
	add_owned(strv, text);
}

void strv_add_all(struct strv *strv, const struct strv *from)
{
	for (size_t i = 0; i < from->count; i++)
		strv_add(strv, from->items[i]);
}

void strv_clear(struct strv *strv)
{
	for (size_t i = 0; i < strv->count; i++)
		free(strv->items[i]);
	free(strv->items);
	*strv = (struct strv)STRV_INIT;
}

void strv_split(struct strv *strv, const char *text, const char *separators)
{
	for (;;) {
		size_t n;

		text += strspn(text, separators);
		n = strcspn(text, separators);
		if (!n)
			return;
		add_owned(strv, mem_strndup(text, n));
		text += n;
	}
}

char *strv_join(const struct strv *strv, const char *separator)
{
	size_t size = 1, at = 0, gap = strlen(separator);
	char *text;

	for (size_t i = 0; i < strv->count; i++)
		size += strlen(strv->items[i]) + gap;
	text = mem_new(size, 1);
	for (size_t i = 0; i < strv->count; i++) {
		size_t n = strlen(strv->items[i]);

		if (i) {
			memcpy(text + at, separator, gap);
			at += gap;
		}
		memcpy(text + at, strv->items[i], n);
		at += n;
	}
	return text;
}
