/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t real_unix_ms(void *data)
{
	(void)data;
	return read_ms(CLOCK_REALTIME);
}

static int64_t real_monotonic_ms(void *data)
{
	(void)data;
	return read_ms(CLOCK_MONOTONIC);
}

const struct clock clock_real = {real_unix_ms, real_monotonic_ms, NULL};

int64_t clock_unix_ms(const struct clock *clock)
{
	return clock->unix_ms(clock->data);
}

int64_t clock_monotonic_ms(const struct clock *clock)
{
	return clock->monotonic_ms(clock->data);
}

void clock_stamp(int64_t unix_ms, char ret[CLOCK_STAMP_BYTES])
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
		!strftime(ret, CLOCK_STAMP_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(ret, CLOCK_STAMP_BYTES, "-");
}
