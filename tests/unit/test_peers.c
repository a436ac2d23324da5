/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of other projects that the service does not use, written down here
 * from their descriptions: they check our order statistics, quantiles and
 * reading of series against numbers that others publish.
 */
#include <limits.h>
#include <stdbool.h>

#include "math/special.h"
#include "stats/order.h"
#include "vectors.h"

#define ROOM 6000

/* ---- Perfherder: Welch's t of weighted windows before and after a point ---- */

struct window {
	double mean, variance;
	size_t count;
};

/* Values at from, from + step, ...: the nearer to the point, the heavier. */
static struct window window_of(const double *x, long from, int step, size_t count)
{
	struct window w = {0, 0, count};
	double weights = 0, n = (double)count;

	for (size_t k = 0; k < count; k++) {
		double weight = (n - (double)k) / n;

		w.mean += weight * x[from + step * (long)k];
		weights += weight;
	}
	w.mean /= weights;
	for (size_t k = 0; k < count; k++)
		w.variance += pow(x[from + step * (long)k] - w.mean, 2) / (n - 1);
	return w;
}

static double t_of(const struct window *a, const struct window *b)
{
	double variance = a->variance / (double)a->count + b->variance / (double)b->count;

	if (a->mean == b->mean)
		return 0;
	return variance > 0 ? fabs(a->mean - b->mean) / sqrt(variance) : INFINITY;
}

/*
 * t at every point. The back window reaches back 24 points and, after a t
 * above the threshold, grows again from 12.
 */
static void perfherder_t(const double *x, size_t count, double *t)
{
	size_t last = 0; /* points since t was last above the threshold */

	for (size_t i = 0; i < count; i++) {
		size_t reach = last > 12 ? last : 12, back, fore;
		struct window before, after;

		reach = reach > 24 ? 24 : reach;
		back = i < reach ? i : reach;
		fore = count - i < 12 ? count - i : 12;
		t[i] = 0;
		if (back >= 12 && fore >= 12) {
			before = window_of(x, (long)i - 1, -1, back);
			after = window_of(x, (long)i, 1, fore);
			t[i] = t_of(&before, &after);
		}
		last = t[i] > 7 || i == 0 ? 0 : last + 1;
	}
}

static void check_perfherder(const char *name, const json_t *want)
{
	static double time_s[ROOM], x[ROOM], t[ROOM];
	char path[PATH_MAX], file[128], line[128];
	size_t count = 0, found = 0;
	FILE *in;

	snprintf(file, sizeof(file), "stats/perfherder/%s.csv", name);
	assert_non_null(shared_vector(file, path, sizeof(path)));
	in = fopen(path, "re");
	assert_non_null(in);
	while (count < ROOM && fgets(line, sizeof(line), in))
		count += sscanf(line, "%lf,%lf", &time_s[count], &x[count]) == 2;
	fclose(in);
	perfherder_t(x, count, t);
	for (size_t i = 0; i < count; i++) {
		if (!(t[i] > 7) || (i > 0 && t[i - 1] > t[i]) ||
			(i + 1 < count && t[i + 1] > t[i]))
			continue;
		if (found >= json_array_size(want) ||
			time_s[i] != json_number_value(json_array_get(want, found)))
			fail_msg("%s: %.0f is flagged", name, time_s[i]);
		found++;
	}
	if (found != json_array_size(want))
		fail_msg("%s: %zu flagged", name, found);
}

static void test_shared_perfherder(void **state)
{
	json_t *json = vectors_load("stats/perfherder/expected.json"), *want;
	const char *name;

	(void)state;
	if (!json)
		skip();
	json_object_foreach(json_object_get(json, "expected"), name, want)
	{
		check_perfherder(name, want);
	}
	json_decref(json);
}

/* ---- Rosner's generalised ESD test for outliers (1983) ---- */

/* Mean and sd of the values still in, or median and 1.4826 MAD. */
static void centre_of(const double *x, const bool *out, size_t count, bool robust,
	double *ret_centre, double *ret_spread)
{
	double in[ROOM], sum = 0, squares = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!out[i])
			in[n++] = x[i];
	order_sort(in, n);
	if (robust) {
		*ret_centre = order_quantile(in, n, 0.5);
		*ret_spread = 1.4826 * order_mad(in, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		sum += in[i];
	for (size_t i = 0; i < n; i++)
		squares += pow(in[i] - sum / (double)n, 2);
	*ret_centre = sum / (double)n;
	*ret_spread = sqrt(squares / (double)(n - 1));
}

/* The critical value when the i-th of n (from 1) is taken out. */
static double esd_limit(double n, double i, double significance)
{
	double df = n - i - 1;
	double t = special_t_quantile(1 - significance / (2 * (n - i + 1)), df);

	return (n - i) * t / sqrt((df + t * t) * (n - i + 1));
}

static void check_gesd(const json_t *json, const char *way, bool robust)
{
	const json_t *want = json_object_get(json, way);
	const json_t *order = json_object_get(want, "suspicious_indexes");
	bool out[ROOM] = {false};
	size_t count, outliers = 0;
	double *x = vectors_numbers(json, "series", &count);

	for (size_t i = 1; i <= json_array_size(order); i++) {
		double centre, spread;
		size_t worst = count;

		centre_of(x, out, count, robust, &centre, &spread);
		for (size_t k = 0; k < count; k++)
			if (!out[k] && (worst == count ||
					       fabs(x[k] - centre) > fabs(x[worst] - centre)))
				worst = k;
		assert_near((double)worst, json_number_value(json_array_get(order, i - 1)), 0);
		if (fabs(x[worst] - centre) / spread >
			esd_limit(
				(double)count, (double)i, vectors_number(json, "significance")))
			outliers = i;
		out[worst] = true;
	}
	assert_near((double)outliers, vectors_number(want, "outliers"), 0);
	free(x);
}

static void test_shared_gesd(void **state)
{
	json_t *json = vectors_load("stats/mongodb/gesd.json");

	(void)state;
	if (!json)
		skip();
	check_gesd(json, "mean_and_sd", false);
	check_gesd(json, "median_and_mad", true);
	json_decref(json);
}

/* ---- asv: segments of least absolute deviations, each at the price of gamma ---- */

static double deviations(const double *y, size_t count, double *ret_median)
{
	double sorted[16], sum = 0;

	memcpy(sorted, y, count * sizeof(*y));
	order_sort(sorted, count);
	*ret_median = order_quantile(sorted, count, 0.5);
	for (size_t i = 0; i < count; i++)
		sum += fabs(y[i] - *ret_median);
	return sum;
}

static void check_potts(const double *y, size_t count, double gamma, const json_t *want)
{
	const json_t *right = json_object_get(want, "right"),
		     *values = json_object_get(want, "values");
	double cost[17] = {-gamma}, median;
	size_t from[17] = {0}, end = count;

	for (size_t to = 1; to <= count; to++) {
		cost[to] = INFINITY;
		for (size_t i = 0; i < to; i++) {
			double c = cost[i] + gamma + deviations(y + i, to - i, &median);

			if (c < cost[to] - 1e-12) {
				cost[to] = c;
				from[to] = i;
			}
		}
	}
	for (size_t k = json_array_size(right); k-- > 0; end = from[end]) {
		assert_near((double)end, json_number_value(json_array_get(right, k)), 0);
		deviations(y + from[end], end - from[end], &median);
		assert_near(median, json_number_value(json_array_get(values, k)), 0);
	}
	assert_int_equal(end, 0);
}

static void test_shared_potts(void **state)
{
	json_t *json = vectors_load("stats/asv/vectors.json");
	const json_t *potts = json_object_get(json, "potts_exact");
	size_t count;
	double *y;

	(void)state;
	if (!json)
		skip();
	y = vectors_numbers(potts, "y", &count);
	check_potts(y, count, 0.1, json_object_get(potts, "gamma_0_1"));
	check_potts(y, count, 8, json_object_get(potts, "gamma_8"));
	free(y);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_perfherder),
		cmocka_unit_test(test_shared_gesd),
		cmocka_unit_test(test_shared_potts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
