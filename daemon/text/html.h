/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Text from outside on its way into HTML, escaped by the place it goes to.
 * All of them take any bytes and write valid UTF-8:
 *   - invalid UTF-8 (overlong forms and surrogates included) and U+FFFE/FFFF
 *     become U+FFFD, one per rejected byte or character;
 *   - characters that change how others are shown (bidirectional controls,
 *     zero-width characters, soft hyphen, line separators, tags) are spelled
 *     out, as in "[U+202E]";
 *   - control characters are shown as their pictures (U+2400 and up); tab and
 *     newline stay, a CR before a newline is dropped.
 * NULL counts as "". Errors stick to the stream (ferror).
 */

/* Between tags. Works inside <pre>; elsewhere newlines are blanks to the browser. */
void html_text(FILE *out, const char *text);

/* The same, of at most max_characters; an ellipsis says that more was cut off. */
void html_text_cut(FILE *out, const char *text, size_t max_characters);

/* The same for bytes that may hold NUL. */
void html_bytes(FILE *out, const char *bytes, size_t count, size_t max_characters);

/* Inside a double-quoted attribute that is shown or compared, never a URL or script. */
void html_attr(FILE *out, const char *text);

/*
 * Inside a double-quoted href or src. A relative address or one of http, https
 * or mailto is percent-encoded where needed; anything else (javascript:,
 * data:, //host) becomes "#".
 */
void html_url(FILE *out, const char *url);

/*
 * An anchor, to be quoted in a mail: letters, digits, '-' and '.' stay, a blank
 * becomes '.', a slash '-', every other byte _XX. The same for an id attribute
 * and behind '#' in an address.
 */
void html_anchor(FILE *out, const char *text);

/* Writes <time datetime=...> of a time, to the minute; an em dash for 0. */
void html_time(FILE *out, int64_t unix_ms);

/* Writes the first 12 digits of a commit as <code>. */
void html_commit(FILE *out, const char *oid);

/* For a terminal or a mail: nothing is an entity, newlines become blanks; else as above. */
void terminal_text(FILE *out, const char *text, size_t max_characters);

#endif
