/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_BACKOFF_H
#define RULES_BACKOFF_H

#include <stdint.h>

#include "base/prng.h"

/* When to look again. Chance keeps many lookers from coming all at once. */

/* The time to the next of regular looks: the interval, give or take a tenth. */
int64_t backoff_regular_ms(int64_t interval_ms, struct prng *prng);

/* How long to wait after failures: the time doubles with each, up to the longest. */
struct backoff {
	int64_t first_ms, longest_ms;
};

/*
 * The wait after so many failures in a row (1 or more): between three quarters
 * of its due time and the whole.
 */
int64_t backoff_wait_ms(const struct backoff *backoff, int failures, struct prng *prng);

#endif
