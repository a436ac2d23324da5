/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/backoff.h"

#include "support.h"

#include "base/mem.h"

enum { DRAWS = 1000 };

static const struct {
	const char *name;
	int64_t first_ms, longest_ms;
	int failures;
	int64_t due_ms;
} rows[] = {
	{"the first failure waits the first time", 60000, 3600000, 1, 60000},
	{"no failure waits no longer than one", 60000, 3600000, 0, 60000},
	{"each failure doubles", 60000, 3600000, 4, 480000},
	{"the longest is the longest", 60000, 3600000, 7, 3600000},
	{"a month of failures does not overflow", 60000, 3600000, 2147483647, 3600000},
	{"a year of waiting does not overflow", INT64_MAX / 2, INT64_MAX - 1, 9, INT64_MAX - 1},
	{"a first time beyond the longest is cut", 100, 10, 1, 10},
};

static void test_waits(void **state)
{
	struct prng prng;

	(void)state;
	prng_init(&prng, 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct backoff backoff = {rows[i].first_ms, rows[i].longest_ms};
		int64_t low = INT64_MAX, high = 0;

		for (int k = 0; k < DRAWS; k++) {
			int64_t wait = backoff_wait_ms(&backoff, rows[i].failures, &prng);

			low = wait < low ? wait : low;
			high = wait > high ? wait : high;
		}
		if (low < rows[i].due_ms - rows[i].due_ms / 4 || high > rows[i].due_ms)
			fail_msg("%s: %lld to %lld", rows[i].name, (long long)low,
				(long long)high);
		/* the whole range is used, so that lookers part */
		if (rows[i].due_ms >= 1000 &&
			(double)(high - low) < 0.2 * (double)rows[i].due_ms)
			fail_msg("%s: no chance in it", rows[i].name);
	}
}

static void regular_looks_keep_their_mean(void **state)
{
	struct prng prng;
	double sum = 0;

	(void)state;
	prng_init(&prng, 2);
	for (int i = 0; i < DRAWS; i++) {
		int64_t wait = backoff_regular_ms(600000, &prng);

		assert_in_range(wait, 540000, 660000);
		sum += (double)wait;
	}
	assert_near(sum / DRAWS, 600000, 5000);
}

static void one_seed_gives_one_row_of_waits(void **state)
{
	struct backoff backoff = {60000, 3600000};
	struct prng a, b;

	(void)state;
	prng_init(&a, 3);
	prng_init(&b, 3);
	for (int i = 0; i < 20; i++)
		assert_int_equal(
			backoff_wait_ms(&backoff, i, &a), backoff_wait_ms(&backoff, i, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(regular_looks_keep_their_mean),
		cmocka_unit_test(one_seed_gives_one_row_of_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
