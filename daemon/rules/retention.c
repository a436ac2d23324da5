/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/retention.h"

#include <stdlib.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static int by_use(const void *a, const void *b)
{
	const struct retention_item *const *first = a, *const *second = b;
	int64_t left = (*first)->used_unix_ms, right = (*second)->used_unix_ms;

	return (left > right) - (left < right);
}

int64_t retention_decide(
	const struct retention_policy *policy, struct retention_item **items, size_t count)
{
	int64_t oldest = policy->now_unix_ms - policy->keep_days * DAY_MS;
	int64_t kept = 0, gone = 0;

	qsort(items, count, sizeof(*items), by_use);
	for (size_t i = 0; i < count; i++) {
		items[i]->goes = !items[i]->is_needed && items[i]->used_unix_ms < oldest;
		gone += items[i]->goes ? items[i]->bytes : 0;
		kept += items[i]->goes || !items[i]->is_counted ? 0 : items[i]->bytes;
	}
	for (size_t i = 0; i < count && policy->keep_bytes && kept > policy->keep_bytes; i++) {
		if (items[i]->goes || items[i]->is_needed || !items[i]->is_counted)
			continue;
		items[i]->goes = true;
		kept -= items[i]->bytes;
		gone += items[i]->bytes;
	}
	return gone;
}
