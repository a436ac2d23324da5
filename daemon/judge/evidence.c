/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/evidence.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/ratio.h"
#include "stats/summary.h"

static void logs_insert(struct evidence_logs *logs, double value, int session, size_t boot)
{
	size_t at = logs->count++;

	for (; at > 0 && logs->sessions[at - 1] > session; at--) {
		logs->values[at] = logs->values[at - 1];
		logs->sessions[at] = logs->sessions[at - 1];
		logs->boots[at] = logs->boots[at - 1];
	}
	logs->values[at] = value;
	logs->sessions[at] = session;
	logs->boots[at] = boot;
}

static void logs_fill(struct evidence_logs *logs, const struct cell_side *side, size_t count)
{
	logs->values = MEM_NEW(double, side->count + 1);
	logs->sessions = MEM_NEW(int, side->count + 1);
	logs->boots = MEM_NEW(size_t, side->count + 1);
	for (size_t i = 0; i < count; i++)
		if (isfinite(side->values[i]) && side->values[i] > 0)
			logs_insert(logs, log(side->values[i]),
				side->sessions ? side->sessions[i] : 0,
				side->boots ? side->boots[i] : i);
}

void evidence_open(const struct judging *judging, const struct comparison *c, bool use_values,
	struct evidence *ret)
{
	*ret = (struct evidence){
		.cells = c->cell_count,
		.logs = MEM_NEW(struct evidence_logs, 2 * c->cell_count + 1),
		.samples = MEM_NEW(struct sample, c->cell_count + 1),
	};
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct comparison_metric *metric = &c->metrics[cell->metric];
		struct evidence_logs *base = &ret->logs[2 * i], *fresh = base + 1;

		logs_fill(base, &cell->base, use_values ? cell->base.count : 0);
		logs_fill(fresh, &cell->fresh, use_values ? cell->fresh.count : 0);
		ret->samples[i] = (struct sample){
			.base = base->values,
			.fresh = fresh->values,
			.base_sessions = base->sessions,
			.fresh_sessions = fresh->sessions,
			.base_boots = base->boots,
			.fresh_boots = fresh->boots,
			.base_count = base->count,
			.fresh_count = fresh->count,
			.metric = cell->metric,
			.minimum_abs = judging_minimum_abs(judging, metric->unit),
			.resolution = judging_resolution(metric->unit),
			.in_family = metric->judged,
			.p_before = 1,
		};
	}
}

void evidence_close(struct evidence *evidence)
{
	for (size_t i = 0; i < 2 * evidence->cells; i++) {
		free(evidence->logs[i].values);
		free(evidence->logs[i].sessions);
		free(evidence->logs[i].boots);
	}
	free(evidence->logs);
	free(evidence->samples);
	*evidence = (struct evidence){0};
}

/* t(0.975) by degrees of freedom: a comparison has few different ones. */
struct reach {
	size_t count;
	double t;
};

static void fill_side(
	struct cell_side *side, const struct evidence_logs *logs, struct reach *reach)
{
	size_t n = logs->count;

	side->mean = side->half_width = 0;
	if (!n)
		return;
	side->mean = exp(summary_mean(logs->values, n));
	if (n < 2)
		return;
	if (reach->count != n) {
		const struct effect unit = {0, 1, (double)(n - 1)};

		*reach = (struct reach){n, ratio_half_width(&unit, 0.95)};
	}
	side->half_width = fmin(
		side->mean * reach->t * sqrt(summary_variance(logs->values, n) / (double)n),
		1e300);
}

void evidence_sides(const struct evidence *evidence, struct comparison *comparison)
{
	struct reach reach = {0};

	for (size_t i = 0; i < evidence->cells; i++) {
		fill_side(&comparison->cells[i].base, &evidence->logs[2 * i], &reach);
		fill_side(&comparison->cells[i].fresh, &evidence->logs[2 * i + 1], &reach);
	}
}
