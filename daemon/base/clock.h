/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/*
 * Where time comes from. Code that waits or stamps takes a clock, so that a
 * test can own time. clock_real is the machine's.
 */
struct clock {
	int64_t (*unix_ms)(void *data);	     /* milliseconds since 1970, UTC */
	int64_t (*monotonic_ms)(void *data); /* never jumps; origin unspecified */
	void *data;
};

extern const struct clock clock_real;

int64_t clock_unix_ms(const struct clock *clock);
int64_t clock_monotonic_ms(const struct clock *clock);

/* Writes "2026-03-04T06:10:00Z" (20 characters and NUL) for a Unix time. */
#define CLOCK_STAMP_BYTES 32
void clock_stamp(int64_t unix_ms, char ret[CLOCK_STAMP_BYTES]);

#endif
