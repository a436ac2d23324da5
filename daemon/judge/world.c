/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/world.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/summary.h"

/* The boots of one kernel: value i of cell c at [c * WORLD_BOOTS + i]. */
struct record {
	double *values;
	int sessions[WORLD_BOOTS];
	size_t boots[WORLD_BOOTS];
	size_t count;
};

struct world {
	struct world_rules rules;
	struct prng *prng;
	size_t cells;
	double *noise;	/* of each cell, times the median cell's */
	double *offset; /* of the lab session */
	struct record base, fresh;
	double *history; /* variance */
	int session;
	size_t boots;
};

struct world_rules world_defaults(void)
{
	return (struct world_rules){
		.cells = 144,
		.metrics = 6,
		.spread = 0.6,
		.boot_sd = 0.01,
		.iteration_sd = 0.01,
		.processes = 3,
		.iterations = 2,
		.boot_correlation = 0.5,
		.outlier_size = 0.05,
		.sessions = 10,
		.session_boots = 2,
		.history_df = 20,
	};
}

static double process_part(struct world *w)
{
	double sd = w->rules.iteration_sd / sqrt(w->rules.iterations);
	double values[WORLD_PROCESSES], value = 0;
	size_t n = (size_t)w->rules.processes;

	for (size_t i = 0; i < n; i++)
		values[i] = sd * prng_normal(w->prng);
	summary_boot_value(values, n, n, &value);
	return value;
}

/* Correlated normals, one a cell: a part in common and a part of their own. */
struct mixed {
	double common, shared, own;
};

static struct mixed mix(struct world *w, double correlation)
{
	return (struct mixed){prng_normal(w->prng), sqrt(correlation), sqrt(1 - correlation)};
}

static double mixed_next(struct world *w, const struct mixed *m)
{
	return m->shared * m->common + m->own * prng_normal(w->prng);
}

void world_session(struct world *w, bool forget)
{
	struct mixed m = mix(w, w->rules.session_correlation);

	for (size_t c = 0; c < w->cells; c++)
		w->offset[c] = w->rules.session_sd * w->noise[c] * mixed_next(w, &m);
	w->session++;
	w->fresh.count = 0;
	if (forget)
		w->base.count = 0;
}

void world_boot(struct world *w, char side)
{
	const struct world_rules *r = &w->rules;
	struct record *record = side == 'A' ? &w->base : &w->fresh;
	struct mixed m = mix(w, r->boot_correlation);
	double shift = 0;

	if (record->count == WORLD_BOOTS)
		return;
	if (prng_uniform(w->prng) < r->outlier_boots)
		shift += log1p(r->outlier_size);
	if (prng_uniform(w->prng) < 0.5)
		shift += log1p(r->two_modes);
	for (size_t c = 0; c < w->cells; c++) {
		double x = r->boot_sd * mixed_next(w, &m) + process_part(w);

		x = x * w->noise[c] + w->offset[c] + shift;
		if (side == 'B' && c < (size_t)r->effect_cells)
			x += log1p(r->effect);
		record->values[c * WORLD_BOOTS + record->count] = x;
	}
	record->sessions[record->count] = w->session;
	record->boots[record->count++] = w->boots++;
}

/* The variance between boots of one kernel in one lab session. */
static void find_history(struct world *w)
{
	int boots = w->rules.history_df + 1;

	world_session(w, true);
	for (int i = 0; i < boots; i++)
		world_boot(w, 'A');
	for (size_t c = 0; c < w->cells; c++)
		w->history[c] =
			summary_variance(w->base.values + c * WORLD_BOOTS, w->base.count);
}

struct world *world_new(const struct world_rules *rules, struct prng *prng)
{
	struct world *w = MEM_NEW(struct world, 1);

	w->rules = *rules;
	w->prng = prng;
	w->cells = (size_t)rules->cells;
	w->noise = MEM_NEW(double, w->cells);
	w->offset = MEM_NEW(double, w->cells);
	w->history = MEM_NEW(double, w->cells);
	w->base.values = MEM_NEW(double, w->cells *WORLD_BOOTS);
	w->fresh.values = MEM_NEW(double, w->cells *WORLD_BOOTS);
	for (size_t c = 0; c < w->cells; c++)
		w->noise[c] = exp(rules->spread * prng_normal(prng));
	find_history(w);
	w->base.count = 0;
	for (int s = 0; s < rules->sessions; s++) {
		world_session(w, false);
		for (int i = 0; i < rules->session_boots; i++)
			world_boot(w, 'A');
	}
	return w;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	free(w->noise);
	free(w->offset);
	free(w->history);
	free(w->base.values);
	free(w->fresh.values);
	free(w);
}

void world_samples(const struct world *w, struct sample *ret)
{
	size_t a_metric = w->cells / (size_t)w->rules.metrics;

	for (size_t c = 0; c < w->cells; c++) {
		size_t metric = c / a_metric;

		ret[c] = (struct sample){
			.base = w->base.values + c * WORLD_BOOTS,
			.fresh = w->fresh.values + c * WORLD_BOOTS,
			.base_sessions = w->base.sessions,
			.fresh_sessions = w->fresh.sessions,
			.base_boots = w->base.boots,
			.fresh_boots = w->fresh.boots,
			.base_count = w->base.count,
			.fresh_count = w->fresh.count,
			.metric = metric < (size_t)w->rules.metrics
					  ? metric
					  : (size_t)w->rules.metrics - 1,
			.history = {w->history[c], w->rules.history_df},
		};
	}
}
