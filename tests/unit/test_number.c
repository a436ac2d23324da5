/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/mem.h"
#include "text/number.h"

static void percents_are_signed_with_one_decimal(void **state)
{
	static const struct {
		double fraction;
		const char *text;
	} rows[] = {
		{0.1081, "+10.8 %"},
		{-0.4401, "-44.0 %"},
		{0, "+0.0 %"},
		{-0.0, "+0.0 %"},
		{-0.0004, "-0.0 %"},
		{12.5, "+1250.0 %"},
		{2e6, "+2.0e+08 %"},
		{NAN, "n/a"},
		{INFINITY, "n/a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[NUMBER_BYTES];

		number_percent(rows[i].fraction, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void a_mean_carries_its_spread(void **state)
{
	char text[NUMBER_BYTES];

	(void)state;
	number_mean_sd(-44.01, 2.80, text);
	assert_string_equal(text, "-44.0 % (2.8)");
	number_mean_sd(-44.01, NAN, text);
	assert_string_equal(text, "-44.0 %");
	number_mean_sd(NAN, 1, text);
	assert_string_equal(text, "n/a");
}

static void values_choose_their_unit(void **state)
{
	static const struct {
		const char *unit;
		double value;
		const char *text;
	} rows[] = {
		{"s", 0.04117, "41.17 ms"},
		{"s", 1.2345, "1.234 s"},
		{"s", 14.334453428, "14.33 s"},
		{"s", 187.6e-6, "187.6 µs"},
		{"s", 8e-7, "800.0 ns"},
		{"s", 0, "0.000 s"},
		{"instructions", 0, "0"},
		{"instructions", 812, "812"},
		{"instructions", 812.5, "812.5"},
		{"instructions", 649.0000001, "649"},
		{"instructions", 9553.04, "9553"},
		{"instructions", 12.345, "12.35"},
		{"instructions", 9999, "9999"},
		{"instructions", 14375, "14.38 k"},
		{"instructions", 12.9e6, "12.90 M"},
		{"instructions", 1.5e9, "1.500 G"},
		{"instructions", 3e13, "30.00 T"},
		{"instructions", -12.9e6, "-12.90 M"},
		{"instructions", NAN, "n/a"},
		{NULL, 5, "5"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[NUMBER_BYTES];

		number_value(rows[i].value, rows[i].unit, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void one_scale_serves_base_and_new(void **state)
{
	struct number_scale scale = number_scale("s", 0.1876);
	char text[NUMBER_BYTES];

	(void)state;
	assert_string_equal(scale.suffix, "ms");
	number_scaled(0.1876, &scale, text);
	assert_string_equal(text, "187.6");
	number_scaled(1.20791, &scale, text);
	assert_string_equal(text, "1207.9");
	number_scaled(1e300, &scale, text);
	assert_string_equal(text, "1e+303");
}

static void durations_read_as_people_say_them(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{0, "0.00 s"},
		{840, "0.84 s"},
		{12345, "12.3 s"},
		{271000, "4 min 31 s"},
		{7500000, "2 h 05 min"},
		{-1, "n/a"},
		{INT64_MAX, "2562047788015 h 12 min"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[NUMBER_BYTES];

		number_duration(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void sizes_go_by_1024(void **state)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0"},
		{512, "512 B"},
		{65536, "64 KiB"},
		{2 << 20, "2 MiB"},
		{3LL << 29, "1.5 GiB"},
		{16LL << 30, "16 GiB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[NUMBER_BYTES];

		number_bytes(rows[i].bytes, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void exact_numbers_read_back(void **state)
{
	static const double values[] = {0.1, -1.0 / 3, 1e-310, 12345678901234567};
	char text[NUMBER_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		number_exact(values[i], text);
		assert_true(strtod(text, NULL) == values[i]);
	}
	number_exact(NAN, text);
	assert_string_equal(text, "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percents_are_signed_with_one_decimal),
		cmocka_unit_test(a_mean_carries_its_spread),
		cmocka_unit_test(values_choose_their_unit),
		cmocka_unit_test(one_scale_serves_base_and_new),
		cmocka_unit_test(durations_read_as_people_say_them),
		cmocka_unit_test(sizes_go_by_1024),
		cmocka_unit_test(exact_numbers_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
