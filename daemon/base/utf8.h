/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes from outside as characters. */

enum { UTF8_REPLACEMENT = 0xFFFD };

/*
 * Takes the next character off *at, which holds *left > 0 bytes, as RFC 3629
 * allows it. A byte that cannot begin or continue one (overlong forms,
 * surrogates and values above U+10FFFF included) is taken alone and gives
 * U+FFFD, as do U+xxFFFE and U+xxFFFF. NUL is a character like others.
 */
uint32_t utf8_take(const char **at, size_t *left);

/* Writes a character, 1 to 4 bytes without a NUL behind; returns how many. */
size_t utf8_put(uint32_t character, char ret[4]);

/*
 * Copies a text with every invalid byte as U+FFFD; ret has room for
 * 3 * strlen(text) + 1 bytes.
 */
void utf8_repair(const char *text, char *ret);

#endif
