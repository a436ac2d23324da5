/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/noise.h"

#include <math.h>

#include "base/mem.h"
#include "judge/cells.h"
#include "stats/nested.h"
#include "stats/ratio.h"
#include "stats/summary.h"

#define POWER 0.8

/* Two levels: processes in boots. */
static void split(const struct noise_sample *sample, struct noise_cell *ret)
{
	const size_t counts[] = {sample->per_boot, sample->process_boots};
	struct nested nested;

	if (!nested_components(sample->processes, counts, 2, &nested))
		return;
	ret->sd_process = sqrt(nested.t2[0]);
	ret->sd_boot = sqrt(nested.t2[1]);
}

/*
 * As the judge will have it in a comparison of n + n boots: the variance known
 * from history and from the boots themselves, the error rate shared by all cells.
 */
static double detectable(const struct judging *judging, const struct noise_sample *sample,
	const struct noise_cell *cell, size_t family, int n)
{
	double floor_sd = cells_floor(judging, sample->mean, sample->resolution);
	struct effect effect = {
		.d = 0,
		.se = fmax(cell->sd, floor_sd) * sqrt(2.0 / n),
		.df = 2 * (n - 1) + (cell->df >= judging->history_df_least
						    ? fmin(cell->df, judging->history_df_cap)
						    : 0),
	};

	return ratio_change(ratio_detectable(&effect,
		cells_delta(judging, sample->mean, sample->minimum_abs),
		judging->fdr / (double)(family ? family : 1), POWER));
}

struct noise_cell noise_of(
	const struct judging *judging, const struct noise_sample *sample, size_t family)
{
	struct noise_cell cell = {.sd_process = NAN,
		.sd_boot = NAN,
		.sd_session = NAN,
		.sd = NAN,
		.minimum = NAN};
	struct nested_sessions sessions;

	for (size_t i = 0; i < NOISE_SIZES; i++)
		cell.mde[i] = NAN;
	split(sample, &cell);
	if (!nested_sessions(sample->boots, sample->sessions, sample->boot_count, &sessions) ||
		sessions.boots <= sessions.sessions)
		return cell;
	cell.minimum = ratio_change(cells_delta(judging, sample->mean, sample->minimum_abs));
	cell.sd = sqrt(sessions.ms_boot);
	cell.df = (double)(sessions.boots - sessions.sessions);
	if (sessions.sessions > 1)
		cell.sd_session = sqrt(sessions.t3_2);
	for (size_t i = 0; i < NOISE_SIZES; i++)
		cell.mde[i] = detectable(judging, sample, &cell, family, noise_boots[i]);
	return cell;
}

/* ---- over the cells of a metric ---- */

/* The numbers of a cell, in one order. */
enum { SINGLE = 5, NUMBERS = SINGLE + NOISE_SIZES };

static double *number(struct noise_cell *cell, size_t i)
{
	double *const first[SINGLE] = {&cell->sd_process, &cell->sd_boot, &cell->sd_session,
		&cell->sd, &cell->minimum};

	return i < SINGLE ? first[i] : &cell->mde[i - SINGLE];
}

static bool is_wanted(const struct noise_cell *cell, bool small)
{
	return isfinite(cell->minimum) && (cell->minimum > NOISE_SMALL) == small;
}

/* Are there only small cells? */
static bool all_small(const struct comparison *c, const struct noise *noise, size_t metric)
{
	for (size_t k = 0; k < noise->cell_count; k++)
		if (c->cells[k].metric == metric && is_wanted(&noise->cells[k], false))
			return false;
	return true;
}

static void sum_up(const struct comparison *c, struct noise *noise, size_t metric)
{
	struct noise_metric *sum = &noise->metrics[noise->metric_count];
	auto_free double *seen = MEM_NEW(double, noise->cell_count + 1);
	bool small;

	*sum = (struct noise_metric){.metric = metric};
	small = all_small(c, noise, metric);
	for (size_t i = 0; i < NUMBERS; i++) {
		double worst = NAN;
		size_t count = 0;

		for (size_t k = 0; k < noise->cell_count; k++) {
			double value = *number(&noise->cells[k], i);

			if (c->cells[k].metric != metric || !isfinite(value) ||
				!is_wanted(&noise->cells[k], small))
				continue;
			seen[count++] = value;
			worst = fmax(worst, value);
		}
		*number(&sum->worst, i) = worst;
		*number(&sum->middle, i) = count ? summary_median(seen, count) : NAN;
		if (count > sum->cells)
			sum->cells = count;
	}
	if (sum->cells)
		noise->metric_count++;
}

void noise_sum_up(const struct comparison *c, struct noise *noise)
{
	noise->metrics = MEM_NEW(struct noise_metric, c->metric_count + 1);
	noise->metric_count = 0;
	for (size_t metric = 0; metric < c->metric_count; metric++)
		if (c->metrics[metric].judged)
			sum_up(c, noise, metric);
}
