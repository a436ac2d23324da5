/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STRING_STRV_H
#define STRING_STRV_H

#include <stddef.h>

/*
 * A growing list of strings, NULL-terminated so that it can be an argument
 * vector. Zero-initialised it is empty and valid; items is NULL until the
 * first add. The list owns copies of its strings.
 */
struct strv {
	char **items;
	size_t count;
};

#define STRV_INIT       \
	{               \
		NULL, 0 \
	}

void strv_add(struct strv *strv, const char *text);
void strv_addf(struct strv *strv, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void strv_add_all(struct strv *strv, const struct strv *from);
void strv_clear(struct strv *strv);

/* Splits at runs of any of the separator characters; adds nothing for empty parts. */
void strv_split(struct strv *strv, const char *text, const char *separators);

/* The strings with separator between them; the caller frees. */
char *strv_join(const struct strv *strv, const char *separator);

#define auto_strv __attribute__((cleanup(strv_clear)))

#endif
