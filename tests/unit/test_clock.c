/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include "support.h"

#include "base/mem.h"

static const struct {
	const char *name;
	int64_t unix_ms;
	const char *want;
} rows[] = {
	{"the beginning", 0, "1970-01-01T00:00:00Z"},
	{"fractions are cut", 1772604600999, "2026-03-04T06:10:00Z"},
	{"a leap day", 1709164800000, "2024-02-29T00:00:00Z"},
	{"after 2038", 4102444800000, "2100-01-01T00:00:00Z"},
	{"the second before the beginning", -1000, "1969-12-31T23:59:59Z"},
	{"a time that no calendar has", INT64_MAX, "292278994-08-17T07:12:55Z"},
};

static void test_stamp(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[CLOCK_STAMP_BYTES];

		clock_stamp(rows[i].unix_ms, got);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, got);
	}
}

static int64_t fake_unix(void *data)
{
	return *(int64_t *)data;
}

static int64_t fake_monotonic(void *data)
{
	return *(int64_t *)data + 1;
}

static void a_test_can_own_time(void **state)
{
	int64_t now = 41;
	struct clock clock = {fake_unix, fake_monotonic, &now};

	(void)state;
	assert_int_equal(clock_unix_ms(&clock), 41);
	assert_int_equal(clock_monotonic_ms(&clock), 42);
}

static void the_real_clock_goes(void **state)
{
	int64_t before = clock_monotonic_ms(&clock_real);

	(void)state;
	assert_true(clock_monotonic_ms(&clock_real) >= before);
	assert_true(clock_unix_ms(&clock_real) > 1700000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(a_test_can_own_time),
		cmocka_unit_test(the_real_clock_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
