/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STRING_STR_H
#define STRING_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A growing string. Zero-initialised it is empty and valid (STR_INIT); text is
 * always NUL-terminated once something was added, and NULL before that: use
 * str_text() to read it. str_clear() frees; str_take() hands the text to the
 * caller, who frees it, and leaves the string empty.
 */
struct str {
	char *text;
	size_t length;
	size_t size;
};

#define STR_INIT           \
	{                  \
		NULL, 0, 0 \
	}

const char *str_text(const struct str *str); /* "" when empty; valid until the next change */
void str_add(struct str *str, const char *text);
void str_add_bytes(struct str *str, const void *bytes, size_t count);
void str_add_char(struct str *str, char c);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_addv(struct str *str, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void str_reset(struct str *str); /* empty, memory kept */
void str_clear(struct str *str);
char *str_take(struct str *str);

#define auto_str __attribute__((cleanup(str_clear)))

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Cuts blanks (space, tab, CR, LF) off both ends, in place; returns the first kept character.
 */
char *text_trim(char *text);

/* Levenshtein distance, for "did you mean"; both at most 64 characters, else a large number. */
size_t text_distance(const char *a, const char *b);

#endif
