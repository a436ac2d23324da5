/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fast the engine of histories is. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "bench.h"
#include "math/special.h"
#include "rules/trend.h"
#include "stats/shift.h"

#define LONG_HISTORY 100000
#define MANY	     10000
#define SHORT	     500
#define CELLS	     150
#define YEAR	     10000

/* How the level of a history moves. */
enum shape { NOISE, STEPS, DRIFT, WALK, SHAPES };

static const char *const shape_names[] = {
	"noise", "a step of 5 % every 100", "drift", "a random walk"};

static void fill(double *x, size_t count, enum shape shape, struct prng *prng)
{
	double level = -3;

	for (size_t i = 0; i < count; i++) {
		double noise = 0.01 * prng_normal(prng);

		if (shape == STEPS && i % 100 == 99)
			level += prng_below(prng, 2) ? 0.05 : -0.05;
		else if (shape == DRIFT)
			level += 0.0005;
		else if (shape == WALK)
			level += noise;
		x[i] = level + noise;
	}
}

static size_t points_of(enum shift_mode mode, const double *x, size_t count)
{
	struct shift_rules rules = shift_defaults(mode);
	struct shift_list list;
	struct err err = ERR_INIT;
	size_t found;

	if (shift_find(&rules, x, count, &list, &err) < 0) {
		fprintf(stderr, "bench: %s\n", err.text);
		exit(1);
	}
	found = list.count;
	shift_list_clear(&list);
	return found;
}

static void bench_long(void)
{
	auto_free double *x = MEM_NEW(double, LONG_HISTORY);
	struct prng prng;

	prng_init(&prng, 1);
	for (enum shape shape = NOISE; shape < SHAPES; shape++) {
		for (int mode = 0; mode < 2; mode++) {
			char what[128];
			double start;
			size_t found;

			fill(x, LONG_HISTORY, shape, &prng);
			start = bench_now_s();
			found = points_of(mode ? SHIFT_COMPAT : SHIFT_NATIVE, x, LONG_HISTORY);
			snprintf(what, sizeof(what), "change points, 100,000 values, %s%s",
				shape_names[shape], mode ? ", compat" : "");
			bench_report(what, found, bench_now_s() - start, 1);
		}
	}
}

static void bench_many(void)
{
	struct prng prng;
	double x[SHORT], took_s = 0;
	size_t found = 0;

	prng_init(&prng, 2);
	for (int i = 0; i < MANY; i++) {
		double start;

		fill(x, SHORT, i % 2 ? STEPS : NOISE, &prng);
		start = bench_now_s();
		found += points_of(SHIFT_NATIVE, x, SHORT);
		took_s += bench_now_s() - start;
	}
	bench_report("change points, 10,000 series of 500 values", found, took_s, 10);
}

/* What the daemon does after a night: a year of 10,000 kernels in 150 cells. */
static void bench_night(void)
{
	auto_free double *values = MEM_NEW(double, CELLS *YEAR);
	auto_free int64_t *kernels = MEM_NEW(int64_t, YEAR);
	struct trend_cell cells[CELLS];
	struct trend trend;
	struct prng prng;
	double start;

	prng_init(&prng, 3);
	for (size_t k = 0; k < YEAR; k++)
		kernels[k] = (int64_t)k;
	for (size_t c = 0; c < CELLS; c++) {
		fill(values + c * YEAR, YEAR, STEPS, &prng);
		cells[c] = (struct trend_cell){values + c * YEAR, kernels, YEAR, NULL, 0};
	}
	start = bench_now_s();
	if (trend_judge(cells, CELLS, 0.05, &trend, NULL) < 0)
		exit(1);
	bench_report("trend of 150 cells over 10,000 kernels", trend.point_count,
		bench_now_s() - start, 3);
	trend_clear(&trend);
}

static void bench_special(void)
{
	enum { CALLS = 200000 };
	double sum = 0;
	double start = bench_now_s();

	for (int i = 0; i < CALLS; i++)
		sum += special_t_tail(1e-5 * i, 14 + i % 20);
	bench_report("200,000 tails of Student's t", CALLS, bench_now_s() - start, 0.5);
	start = bench_now_s();
	for (int i = 0; i < CALLS; i++)
		sum += special_t_quantile(0.5 + i * 2.4e-6, 14 + i % 20);
	/* the sum is looked at, so that the calls cannot be left out */
	bench_report("200,000 quantiles of Student's t", sum > 0 ? CALLS : 0,
		bench_now_s() - start, 2);
}

int main(void)
{
	bench_long();
	bench_many();
	bench_night();
	bench_special();
	return 0;
}
