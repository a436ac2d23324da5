/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reading text that nobody vouches for, without copying it: a scan is the part
 * of a text that is not read yet. The text may hold NUL bytes and needs no
 * terminator; it must outlive the scan. A function that returns false has
 * consumed nothing.
 */
struct scan {
	const char *at;
	const char *end;
};

static inline struct scan scan_of(const char *text, size_t bytes)
{
	return (struct scan){text, text + bytes};
}

static inline size_t scan_left(const struct scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

/*
 * Takes the next line without its LF or CR LF. *ret_ended tells whether there
 * was one: the last line of a text that was cut off has none. False at the end.
 */
bool scan_line(struct scan *scan, struct scan *ret_line, bool *ret_ended);

bool scan_starts(const struct scan *scan, const char *literal);
bool scan_text(struct scan *scan, const char *literal); /* takes exactly this text */
bool scan_blanks(struct scan *scan);			/* one or more spaces and tabs */

/* Takes a run of decimal digits; false too when the number exceeds 64 bits. */
bool scan_number(struct scan *scan, uint64_t *ret);

/* Takes an optional minus sign and a number that fits. */
bool scan_signed(struct scan *scan, int64_t *ret);

/*
 * The rest as it may appear in a message: bytes that are not printable ASCII
 * become "?", and what does not fit is cut with "...". size is at least 4.
 */
void scan_quote(const struct scan *scan, char *ret, size_t size);

#endif
