/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/noise.h"

#include "support.h"

#include "base/mem.h"
#include "base/prng.h"

enum { PER_BOOT = 4, SESSIONS = 100, BOOTS = 4 };

/* A made-up host: each level adds noise of its own. */
struct host {
	double processes[SESSIONS * BOOTS * PER_BOOT], boots[SESSIONS * BOOTS];
	int sessions[SESSIONS * BOOTS];
};

static void measure(struct host *host, double process_sd, double boot_sd, double session_sd)
{
	struct prng prng;
	size_t b = 0;

	prng_init(&prng, 7);
	for (int s = 0; s < SESSIONS; s++) {
		double session = session_sd * prng_normal(&prng);

		for (int i = 0; i < BOOTS; i++, b++) {
			double boot = session + boot_sd * prng_normal(&prng), sum = 0;

			for (size_t k = 0; k < PER_BOOT; k++)
				sum += host->processes[b * PER_BOOT + k] =
					boot + process_sd * prng_normal(&prng);
			host->boots[b] = sum / PER_BOOT;
			host->sessions[b] = s;
		}
	}
}

/* Of the first boots; processes are split within the first lab session only. */
static struct noise_sample sample_of(const struct host *host, size_t boots)
{
	return (struct noise_sample){
		.processes = host->processes,
		.per_boot = PER_BOOT,
		.process_boots = boots,
		.boots = host->boots,
		.sessions = host->sessions,
		.boot_count = boots,
		.mean = 20,
	};
}

static void test_components(void **state)
{
	struct judging judging = judging_defaults();
	struct host *host = MEM_NEW(struct host, 1);
	struct noise_sample sample;
	struct noise_cell cell;

	(void)state;
	measure(host, 0.01, 0.02, 0);
	sample = sample_of(host, SESSIONS * BOOTS);
	cell = noise_of(&judging, &sample, 24);
	assert_near(cell.sd_process, 0.01, 0.001);
	assert_near(cell.sd_boot, 0.02, 0.002);
	assert_near(cell.sd_session, 0, 0.005);
	/* What a comparison sees: both together, processes averaged. */
	assert_near(cell.sd, sqrt(0.02 * 0.02 + 0.01 * 0.01 / PER_BOOT), 0.002);
	assert_near(cell.df, SESSIONS * (BOOTS - 1), 0);
	measure(host, 0.001, 0.002, 0.03);
	cell = noise_of(&judging, &sample, 24);
	assert_near(cell.sd_session, 0.03, 0.006);
	assert_near(cell.sd, 0.00206, 0.0003);
	free(host);
}

/* The formula by hand, for 4+4 boots that history lends 20 degrees of freedom. */
static void test_detectable(void **state)
{
	struct judging judging = judging_defaults();
	struct host *host = MEM_NEW(struct host, 1);
	struct noise_sample sample;
	struct noise_cell one, many;
	const double t_975_26 = 2.05553, t_80_26 = 0.85567;

	(void)state;
	measure(host, 0.01, 0.01, 0.01);
	sample = sample_of(host, SESSIONS * BOOTS);
	one = noise_of(&judging, &sample, 1);
	many = noise_of(&judging, &sample, 24);
	assert_close(log1p(one.mde[1]),
		log1p(judging.minimum_effect) + (t_975_26 + t_80_26) * one.sd * sqrt(0.5),
		1e-3);
	for (size_t i = 0; i < NOISE_SIZES; i++) {
		assert_true(many.mde[i] > one.mde[i]);
		assert_true(i == 0 || one.mde[i] < one.mde[i - 1]);
		assert_true(one.mde[i] > judging.minimum_effect);
	}
	free(host);
}

static void test_too_little(void **state)
{
	struct judging judging = judging_defaults();
	struct host *host = MEM_NEW(struct host, 1);
	struct noise_sample sample;
	struct noise_cell cell;

	(void)state;
	measure(host, 0.01, 0.01, 0.01);
	sample = sample_of(host, 4);
	cell = noise_of(&judging, &sample, 24);
	assert_true(isfinite(cell.sd) && isfinite(cell.sd_boot));
	assert_true(isnan(cell.sd_session)); /* one lab session tells nothing of others */
	sample = sample_of(host, 1);
	cell = noise_of(&judging, &sample, 24);
	assert_true(isnan(cell.sd) && isnan(cell.mde[0]) && isnan(cell.sd_boot));
	sample = sample_of(host, 0);
	cell = noise_of(&judging, &sample, 24);
	assert_true(isnan(cell.sd) && isnan(cell.sd_process));
	free(host);
}

/* A host without any noise still has the minimum effect, and never divides by it. */
static void test_no_noise(void **state)
{
	struct judging judging = judging_defaults();
	struct host *host = MEM_NEW(struct host, 1);
	struct noise_sample sample;
	struct noise_cell cell;

	(void)state;
	measure(host, 0, 0, 0);
	sample = sample_of(host, SESSIONS * BOOTS);
	cell = noise_of(&judging, &sample, 24);
	assert_near(cell.sd, 0, 0);
	assert_near(cell.mde[0], judging.minimum_effect, 0.001);
	free(host);
}

static void test_sum_up(void **state)
{
	char names[3][2] = {"a", "b", "c"};
	struct comparison_metric metrics[] = {{.name = names[0], .judged = true},
		{.name = names[1]}, {.name = names[2], .judged = true}};
	struct cell cells[] = {{.metric = 0}, {.metric = 0}, {.metric = 0}, {.metric = 1}};
	struct comparison c = {
		.metrics = metrics, .metric_count = 3, .cells = cells, .cell_count = 4};
	struct noise noise = {.cells = MEM_NEW(struct noise_cell, 4), .cell_count = 4};

	(void)state;
	noise.cells[0].mde[0] = 0.03;
	noise.cells[1].mde[0] = 0.09;
	noise.cells[2].mde[0] = 0.04;
	for (size_t i = 0; i < 4; i++)
		noise.cells[i].sd_session = NAN;
	noise.cells[1].minimum = 0.02;
	noise_sum_up(&c, &noise);
	assert_int_equal(noise.metric_count, 1); /* b is not judged, c has no cells */
	assert_int_equal(noise.metrics[0].cells, 3);
	assert_near(noise.metrics[0].middle.mde[0], 0.04, 1e-12);
	assert_near(noise.metrics[0].worst.mde[0], 0.09, 1e-12);
	assert_true(isnan(noise.metrics[0].worst.sd_session));
	free(noise.metrics);
	noise.cells[1].minimum = 2 * NOISE_SMALL; /* it would be the worst */
	noise_sum_up(&c, &noise);
	assert_int_equal(noise.metrics[0].cells, 2);
	assert_near(noise.metrics[0].worst.mde[0], 0.04, 1e-12);
	noise_clear(&noise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"each level's noise is found again", test_components, NULL, NULL, NULL},
		{"what can be seen follows the judge's formula", test_detectable, NULL, NULL,
			NULL},
		{"too little is not known, never a number", test_too_little, NULL, NULL, NULL},
		{"without noise the minimum effect stays", test_no_noise, NULL, NULL, NULL},
		{"a metric has a middle and a worst cell", test_sum_up, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
