/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/backoff.h"

/* Anything in [low, high]. */
static int64_t between(int64_t low, int64_t high, struct prng *prng)
{
	return low + (int64_t)prng_below(prng, (uint64_t)(high - low) + 1);
}

int64_t backoff_regular_ms(int64_t interval_ms, struct prng *prng)
{
	return between(interval_ms - interval_ms / 10, interval_ms + interval_ms / 10, prng);
}

int64_t backoff_wait_ms(const struct backoff *backoff, int failures, struct prng *prng)
{
	int64_t due_ms = backoff->first_ms;

	for (int i = 1; i < failures && due_ms < backoff->longest_ms; i++)
		due_ms = due_ms > backoff->longest_ms / 2 ? backoff->longest_ms : due_ms * 2;
	if (due_ms > backoff->longest_ms)
		due_ms = backoff->longest_ms;
	return between(due_ms - due_ms / 4, due_ms, prng);
}
