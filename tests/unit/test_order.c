/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/order.h"

#include <limits.h>

#include "vectors.h"

static const struct {
	const char *name;
	size_t count;
	double x[8];
	double median, q20, mad, centre;
} rows[] = {
	{"one value is all of its statistics", 1, {7}, 7, 7, 0, 7},
	{"two values", 2, {1, 3}, 2, 1.4, 1, 2},
	{"order of the input does not matter", 5, {5, 1, 4, 2, 3}, 3, 1.8, 1, 3},
	{"one outlier moves no robust statistic far", 5, {1, 2, 3, 4, 1e9}, 3, 1.8, 1, 3},
	{"equal values have no spread", 4, {2, 2, 2, 2}, 2, 2, 0, 2},
	{"two modes", 6, {1, 1, 1, 9, 9, 9}, 5, 1, 4, 5},
	{"the largest numbers do not overflow", 2, {-1.7e308, 1.7e308}, 0, -1.02e308, 1.7e308,
		0},
	{"no values give 0", 0, {0}, 0, 0, 0, 0},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double sorted[8];
		double scale = 1;

		memcpy(sorted, rows[i].x, sizeof(sorted));
		order_sort(sorted, rows[i].count);
		for (size_t k = 0; k < rows[i].count; k++)
			scale = fmax(scale, fabs(sorted[k]));
		if (fabs(order_quantile(sorted, rows[i].count, 0.5) - rows[i].median) >
				1e-15 * scale ||
			fabs(order_quantile(sorted, rows[i].count, 0.2) - rows[i].q20) >
				1e-15 * scale ||
			fabs(order_mad(rows[i].x, rows[i].count) - rows[i].mad) >
				1e-15 * scale ||
			fabs(order_centre(rows[i].x, rows[i].count) - rows[i].centre) >
				1e-15 * scale)
			fail_msg("%s", rows[i].name);
	}
}

static void test_quantile_ends(void **state)
{
	const double x[] = {1, 2, 4};

	(void)state;
	assert_near(order_quantile(x, 3, 0), 1, 0);
	assert_near(order_quantile(x, 3, 1), 4, 0);
	assert_near(order_quantile(x, 3, 0.75), 3, 0);
}

static void test_shift(void **state)
{
	const double x[] = {1, 2, 3}, y[] = {11, 12, 400};

	(void)state;
	assert_near(order_shift(x, 3, y, 3), 10, 0);
	assert_near(order_shift(y, 3, x, 3), -10, 0);
	assert_near(order_shift(x, 0, y, 3), 0, 0);
}

static void test_interval_needs_six_values_at_95_percent(void **state)
{
	const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	double low = -1, high = -1;

	(void)state;
	for (size_t n = 0; n < 6; n++)
		assert_false(order_interval(x, n, 0.5, 0.95, &low, &high));
	assert_near(low, -1, 0);
	assert_true(order_interval(x, 6, 0.5, 0.95, &low, &high));
	assert_true(low == 1 && high == 6);
	assert_true(order_interval(x, 10, 0.5, 0.95, &low, &high));
	assert_true(low == 2 && high == 9);
}

static const struct {
	const char *name;
	size_t n, m;
	double x[6], y[6];
	double u, p;
} rank_rows[] = {
	{"four against four, all below", 4, 4, {2, 1, 3, 5}, {12, 11, 13, 15}, 0, 2.0 / 70},
	{"the same, mixed", 4, 4, {2, 1, 3, 5}, {0, 4, 6, 7}, 5, 34.0 / 70},
	{"one against one says nothing", 1, 1, {1}, {2}, 0, 1},
	{"equal samples", 3, 3, {1, 1, 1}, {1, 1, 1}, 4.5, 1},
	{"a constant against another", 3, 3, {1, 1, 1}, {2, 2, 2}, 0, 0.1},
	/* of the 10 ways to draw 2 of {1, 1, 2, 2, 3}, {1, 1} has u 0 */
	{"ties are counted exactly", 2, 3, {1, 1}, {2, 2, 3}, 0, 0.2},
	/* {1, 2}: u = 0.5 * 1 + (1 + 0.5 * 1) = 2; at most that: {1, 1} and the four {1, 2} */
	{"ties between the sides count a half", 2, 3, {1, 2}, {1, 2, 3}, 2, 1},
	{"no values on a side", 0, 3, {0}, {1, 2, 3}, 0, 1},
};

static void test_ranks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rank_rows) / sizeof(rank_rows[0]); i++) {
		double u, back;
		double p = order_rank_test(rank_rows[i].x, rank_rows[i].n, rank_rows[i].y,
			rank_rows[i].m, ORDER_EXACT, &u);
		double swapped = order_rank_test(rank_rows[i].y, rank_rows[i].m, rank_rows[i].x,
			rank_rows[i].n, ORDER_EXACT, &back);

		if (u != rank_rows[i].u || fabs(p - rank_rows[i].p) > 1e-12)
			fail_msg("%s: u %g, p %.17g", rank_rows[i].name, u, p);
		if (fabs(p - swapped) > 1e-12)
			fail_msg("%s: p %g, and %g with sides exchanged", rank_rows[i].name, p,
				swapped);
	}
}

static void test_exact_and_normal_agree_on_large_samples(void **state)
{
	double x[60], y[60], u;

	(void)state;
	for (int i = 0; i < 60; i++) {
		x[i] = (i * 37) % 101;
		y[i] = (i * 53) % 101 + 9;
	}
	assert_near(order_rank_test(x, 50, y, 50, ORDER_EXACT, &u),
		order_rank_test(x, 50, y, 50, ORDER_NORMAL, &u), 2e-3);
	assert_near(order_rank_test(x, 60, y, 60, ORDER_EXACT, &u),
		order_rank_test(x, 60, y, 60, ORDER_NORMAL, &u), 0);
}

/* ---- the shared vectors ---- */

static void test_shared_asv(void **state)
{
	static const struct {
		const char *quantile, *interval;
		double q;
	} wants[] = {
		{"q20", "ci80_q20", 0.2}, {"q50", "ci80_q50", 0.5}, {"q80", "ci80_q80", 0.8}};
	json_t *json = vectors_load("stats/asv/vectors.json");
	const json_t *r = json_object_get(json, "quantile_ci_vs_R");
	size_t n, two;
	double *x;

	(void)state;
	if (!json)
		skip();
	x = vectors_numbers(r, "x", &n);
	order_sort(x, n);
	for (size_t i = 0; i < 3; i++) {
		double *ends = vectors_numbers(r, wants[i].interval, &two), low, high;

		assert_near(order_quantile(x, n, wants[i].q),
			vectors_number(r, wants[i].quantile), 1e-7);
		assert_true(order_interval(x, n, wants[i].q, 0.8, &low, &high));
		assert_near(low, ends[0], 1e-7);
		assert_near(high, ends[1], 1e-7);
		free(ends);
	}
	free(x);
	json_decref(json);
}

static void test_shared_rank_tests(void **state)
{
	json_t *go = vectors_load("stats/go/stats_vectors.json");
	json_t *catapult = vectors_load("stats/catapult/vectors.json");
	const json_t *lists[] = {
		json_object_get(go, "utest"), json_object_get(catapult, "mann_whitney")};
	static const char *const key[] = {"p_two", "p"};
	static const enum order_method method[] = {ORDER_EXACT, ORDER_NORMAL};

	(void)state;
	if (!go || !catapult)
		skip();
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < json_array_size(lists[k]); i++) {
			const json_t *row = json_array_get(lists[k], i);
			size_t n, m;
			double *x = vectors_numbers(row, "x", &n),
			       *y = vectors_numbers(row, "y", &m), u;

			assert_close(order_rank_test(x, n, y, m, method[k], &u),
				vectors_number(row, key[k]), 1e-10);
			if (json_object_get(row, "U"))
				assert_near(u, vectors_number(row, "U"), 0);
			free(x);
			free(y);
		}
	}
	json_decref(go);
	json_decref(catapult);
}

/* Values of one benchmark in a Go benchmark file, after the line `note` (NULL: from the start).
 */
static size_t read_go(
	const char *file, const char *note, const char *name, double *ret, size_t room)
{
	char path[PATH_MAX], line[512], full[256];
	bool on = !note;
	size_t count = 0;
	FILE *in;

	assert_non_null(shared_vector(file, path, sizeof(path)));
	in = fopen(path, "re");
	assert_non_null(in);
	snprintf(full, sizeof(full), "Benchmark%s", name);
	while (fgets(line, sizeof(line), in)) {
		char key[256];
		double value;

		line[strcspn(line, "\r\n")] = '\0';
		if (note && strncmp(line, "note:", 5) == 0)
			on = strcmp(line + 6, note) == 0;
		if (on && count < room &&
			sscanf(line, "%255s %*d %lf ns/op", key, &value) == 2 &&
			strcmp(key, full) == 0)
			ret[count++] = value;
	}
	fclose(in);
	return count;
}

struct column {
	double median, percent;
};

static struct column column_of(double *values, size_t count)
{
	struct column column;
	double low = NAN, high = NAN;

	order_sort(values, count);
	column.median = order_quantile(values, count, 0.5);
	if (!order_interval(values, count, 0.5, 0.95, &low, &high))
		column.percent = INFINITY;
	else
		column.percent = 100 * fmax(high / column.median - 1, 1 - low / column.median);
	return column;
}

/* Is it the value to the digits printed? "4.5n" is in nanoseconds, "15.014µ" in microseconds.
 */
static void assert_printed(const char *printed, double value_ns, const char *row)
{
	char *unit;
	double got = strtod(printed, &unit);
	double scale = strncmp(unit, "\302\265", 2) == 0 ? 1e3 : *unit == 'm' ? 1e6 : 1;
	const char *dot = strchr(printed, '.');
	int decimals = dot && dot < unit ? (int)(unit - dot) - 1 : 0;

	if (!(fabs(value_ns / scale - got) <= 0.5000001 * pow(10, -decimals)))
		fail_msg("%s: median %.9g ns, printed %s", row, value_ns, printed);
}

static void check_benchstat_row(const char *line)
{
	char name[128], median[2][32], spread[2][16], change[32], p_text[32], text[32];
	double old[40], new[40], p, u;
	struct column a, b;
	size_t n, m;

	if (sscanf(line, "%127s %31s ± %15[0-9]%% %31s ± %15[0-9]%% %31s (p=%31[0-9.]", name,
		    median[0], spread[0], median[1], spread[1], change, p_text) != 7)
		fail_msg("cannot read \"%s\"", line);
	n = read_go("stats/go/benchstat/crc-old.txt", NULL, name, old, 40);
	m = read_go("stats/go/benchstat/crc-new.txt", NULL, name, new, 40);
	assert_int_equal(n, 10);
	assert_int_equal(m, 10);
	a = column_of(old, n);
	b = column_of(new, m);
	p = order_rank_test(old, n, new, m, ORDER_EXACT, &u);
	assert_printed(median[0], a.median, name);
	assert_printed(median[1], b.median, name);
	snprintf(text, sizeof(text), "%.0f %.0f %.3f", a.percent, b.percent, p);
	if (atof(text) != atof(spread[0]) || atof(strchr(text, ' ')) != atof(spread[1]) ||
		strcmp(strrchr(text, ' ') + 1, p_text) != 0)
		fail_msg("%s: got %s, printed %s", name, text, line);
	if (p >= 0.05)
		snprintf(text, sizeof(text), "~");
	else
		snprintf(text, sizeof(text), "%+.2f%%", 100 * (b.median / a.median - 1));
	assert_string_equal(text, change);
}

static void test_shared_benchstat(void **state)
{
	char path[PATH_MAX], line[512];
	size_t rows_seen = 0;
	FILE *in;

	(void)state;
	if (!shared_vector("stats/go/benchstat/crcIgnore.stdout", path, sizeof(path)))
		skip();
	in = fopen(path, "re");
	assert_non_null(in);
	while (rows_seen < 36 && fgets(line, sizeof(line), in)) {
		if (strncmp(line, "CRC32/", 6) != 0)
			continue;
		check_benchstat_row(line);
		rows_seen++;
	}
	fclose(in);
	assert_int_equal(rows_seen, 36);
}

/* Printed there: 1.718us 1%, 1.4225us 1%, p=0.000; 3.0655us 0%, 3.07us 2%, p=0.446. */
static void test_shared_benchstat_full_digits(void **state)
{
	static const struct {
		const char *name;
		double old, old_percent, new, new_percent, p;
	} want[] = {{"Encode/format=json-48", 1718, 1, 1422.5, 1, 0},
		{"Encode/format=gob-48", 3065.5, 0, 3070, 2, 0.446}};
	char path[PATH_MAX];
	double geomean[2] = {1, 1};

	(void)state;
	if (!shared_vector("stats/go/benchstat/old.txt", path, sizeof(path)))
		skip();
	for (size_t i = 0; i < 2; i++) {
		double old[40], new[40], u;
		size_t n = read_go("stats/go/benchstat/old.txt", NULL, want[i].name, old, 40);
		size_t m = read_go("stats/go/benchstat/new.txt", NULL, want[i].name, new, 40);
		struct column a = column_of(old, n), b = column_of(new, m);

		assert_near(a.median, want[i].old, 1e-9);
		assert_near(b.median, want[i].new, 1e-9);
		assert_near(a.percent, want[i].old_percent, 0.5);
		assert_near(b.percent, want[i].new_percent, 0.5);
		assert_near(order_rank_test(old, n, new, m, ORDER_EXACT, &u), want[i].p, 5e-4);
		geomean[0] *= sqrt(a.median);
		geomean[1] *= sqrt(b.median);
	}
	assert_close(geomean[0], 2294.891936453654, 1e-12);
	assert_close(geomean[1], 2089.754770302007, 1e-12);
}

/* smallSample: 1 and 1 values; issue19634: 5 and 5; issue19565: 6 equal values. */
static void test_shared_benchstat_small_samples(void **state)
{
	static const struct {
		const char *file, *name;
		size_t count;
		double old, new, p;
		bool interval;
	} want[] = {{"smallSample", "X", 1, 100, 101, 1, false},
		{"issue19634", "FloatSub/100-4", 5, 115, 78.8, 0.008, false},
		{"issue19565", "A", 6, 100, 100, 1, true}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char path[PATH_MAX], file[128];
		double old[40], new[40], u;
		size_t n, m;

		snprintf(file, sizeof(file), "stats/go/benchstat/%s.txt", want[i].file);
		if (!shared_vector(file, path, sizeof(path)))
			skip();
		n = read_go(file, "before", want[i].name, old, 40);
		m = read_go(file, "after", want[i].name, new, 40);
		assert_int_equal(n, want[i].count);
		assert_int_equal(m, want[i].count);
		assert_near(column_of(old, n).median, want[i].old, 1e-9);
		assert_near(column_of(new, m).median, want[i].new, 1e-9);
		assert_int_equal(isfinite(column_of(old, n).percent), want[i].interval);
		assert_near(order_rank_test(old, n, new, m, ORDER_EXACT, &u), want[i].p, 5e-4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_quantile_ends),
		cmocka_unit_test(test_shift),
		cmocka_unit_test(test_interval_needs_six_values_at_95_percent),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_exact_and_normal_agree_on_large_samples),
		cmocka_unit_test(test_shared_asv),
		cmocka_unit_test(test_shared_rank_tests),
		cmocka_unit_test(test_shared_benchstat),
		cmocka_unit_test(test_shared_benchstat_full_digits),
		cmocka_unit_test(test_shared_benchstat_small_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
