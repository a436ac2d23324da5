/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/common.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/summary.h"

/* A shift stands out from so many times the scale of a quiet cell. */
#define SHIFT_SCALES 3

/* What a boot adds to a cell: shift + slope * scale. */
struct line {
	double shift, slope;
};

/* Standardised values, boot by boot; NAN where a boot has none of the cell. */
struct grid {
	size_t *boots; /* numbers, ascending */
	size_t boot_count, cell_count, metric_count;
	double *z;	    /* boot_count * cell_count */
	double *scores;	    /* boot_count * metric_count; NAN: too few cells */
	struct line *lines; /* the same */
};

static int order(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t boot_index(const struct grid *g, size_t boot)
{
	const size_t *found = bsearch(&boot, g->boots, g->boot_count, sizeof(*g->boots), order);

	return (size_t)(found - g->boots);
}

static void find_boots(struct grid *g, const struct sample *samples, size_t values)
{
	size_t n = 0, kept = 0;

	g->boots = MEM_NEW(size_t, values + 1);
	for (size_t i = 0; i < g->cell_count; i++) {
		for (size_t k = 0; k < samples[i].base_count; k++)
			g->boots[n++] = samples[i].base_boots[k];
		for (size_t k = 0; k < samples[i].fresh_count; k++)
			g->boots[n++] = samples[i].fresh_boots[k];
	}
	qsort(g->boots, n, sizeof(*g->boots), order);
	for (size_t i = 0; i < n; i++)
		if (!i || g->boots[i] != g->boots[i - 1])
			g->boots[kept++] = g->boots[i];
	g->boot_count = kept;
}

static void fill_grid(struct grid *g, const struct sample *samples, const double *centres,
	const double *scales)
{
	g->z = MEM_NEW(double, g->boot_count * g->cell_count + 1);
	for (size_t i = 0; i < g->boot_count * g->cell_count; i++)
		g->z[i] = NAN;
	for (size_t c = 0; c < g->cell_count; c++) {
		const struct sample *s = &samples[c];

		if (!(scales[c] > 0))
			continue;
		for (size_t k = 0; k < s->base_count; k++)
			g->z[boot_index(g, s->base_boots[k]) * g->cell_count + c] =
				(s->base[k] - centres[c]) / scales[c];
		for (size_t k = 0; k < s->fresh_count; k++)
			g->z[boot_index(g, s->fresh_boots[k]) * g->cell_count + c] =
				(s->fresh[k] - centres[c]) / scales[c];
	}
}

/* A cell of a boot: how noisy it usually is, and how far it is off. */
struct place {
	double scale, off;
};

static int by_scale(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->scale > y->scale) - (x->scale < y->scale);
}

static struct place middle(const struct place *places, size_t count, double *scratch)
{
	struct place m;

	for (size_t i = 0; i < count; i++)
		scratch[i] = places[i].scale;
	m.scale = summary_median(scratch, count);
	for (size_t i = 0; i < count; i++)
		scratch[i] = places[i].off;
	m.off = summary_median(scratch, count);
	return m;
}

/*
 * Most boots have more or less of what makes cells vary anyway: no shift, and the
 * score is the slope. One that is slower by the same percentage everywhere, an
 * outlier, would leave that in its quiet cells. Its line goes through the medians
 * of the quiet half of the cells and of the noisy half; it is believed where its
 * shift stands out from the quiet cells' noise, because a line that is fitted costs
 * power. Where all cells are alike the two cannot be told apart.
 */
static struct line fit_line(struct place *places, size_t count, double score, double *scratch)
{
	const struct line plain = {0, score};
	struct place quiet, noisy;
	struct line line;

	qsort(places, count, sizeof(*places), by_scale);
	quiet = middle(places, count / 2, scratch);
	noisy = middle(places + count / 2, count - count / 2, scratch);
	if (noisy.scale < 1.5 * quiet.scale)
		return plain;
	line.slope = (noisy.off - quiet.off) / (noisy.scale - quiet.scale);
	line.shift = quiet.off - line.slope * quiet.scale;
	return fabs(line.shift) > SHIFT_SCALES * quiet.scale ? line : plain;
}

static void score_boots(struct grid *g, const size_t *metric_of, const double *scales)
{
	auto_free struct place *places = MEM_NEW(struct place, g->cell_count + 1);
	auto_free double *others = MEM_NEW(double, g->cell_count + 1);

	g->scores = MEM_NEW(double, g->boot_count * g->metric_count + 1);
	g->lines = MEM_NEW(struct line, g->boot_count * g->metric_count + 1);
	for (size_t b = 0; b < g->boot_count; b++)
		for (size_t m = 0; m < g->metric_count; m++) {
			const double *z = g->z + b * g->cell_count;
			size_t at = b * g->metric_count + m, n = 0;

			for (size_t c = 0; c < g->cell_count; c++)
				if (metric_of[c] != m && !isnan(z[c])) {
					places[n] = (struct place){scales[c], z[c] * scales[c]};
					others[n++] = z[c];
				}
			g->scores[at] = n < COMMON_CELLS ? NAN : summary_median(others, n);
			if (n >= COMMON_CELLS)
				g->lines[at] = fit_line(places, n, g->scores[at], others);
		}
}

static double score_of(const struct grid *g, size_t boot, size_t metric)
{
	return g->scores[boot_index(g, boot) * g->metric_count + metric];
}

/* The scores of a cell's boots, as a cell would have them; false when one is missing. */
static bool take_scores(const struct grid *g, const struct sample *cell, size_t metric,
	double *values, struct sample *ret)
{
	for (size_t k = 0; k < cell->base_count; k++)
		values[k] = score_of(g, cell->base_boots[k], metric);
	for (size_t k = 0; k < cell->fresh_count; k++)
		values[cell->base_count + k] = score_of(g, cell->fresh_boots[k], metric);
	for (size_t k = 0; k < cell->base_count + cell->fresh_count; k++)
		if (isnan(values[k]))
			return false;
	*ret = *cell;
	ret->base = values;
	ret->fresh = values + cell->base_count;
	ret->history = (struct spread){0, 0};
	ret->minimum_abs = ret->resolution = 0;
	return true;
}

static size_t values_of(const struct sample *s)
{
	return s->base_count + s->fresh_count;
}

static size_t number_metrics(const struct sample *samples, size_t count, size_t *ret_metric_of)
{
	size_t metrics = 0;

	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < i && samples[k].metric != samples[i].metric)
			k++;
		ret_metric_of[i] = k < i ? ret_metric_of[k] : metrics++;
	}
	return metrics;
}

/* What the boot adds to a cell of this scale and metric. */
static double part_of(const struct grid *g, size_t boot, size_t metric, double scale)
{
	const struct line *line = &g->lines[boot_index(g, boot) * g->metric_count + metric];

	return line->shift + line->slope * scale;
}

/* Fills in what a metric without a missing score gives; returns whether any does. */
static bool adjust(const struct grid *g, const struct sample *samples, const double *scales,
	struct common *ret)
{
	double *at = ret->memory;
	bool any = false;

	for (size_t c = 0; c < g->cell_count; c++) {
		const struct sample *s = &samples[c];
		size_t m = ret->metric_of[c], n = values_of(s);
		struct sample scores;

		ret->adjusted[c] = *s;
		if (!(scales[c] > 0) || !n || !take_scores(g, s, m, at, &scores))
			continue;
		if (n > values_of(&ret->scores[m]))
			ret->scores[m] = scores;
		at += n;
		ret->adjusted[c].base = at;
		ret->adjusted[c].fresh = at + s->base_count;
		for (size_t k = 0; k < s->base_count; k++)
			*at++ = s->base[k] - part_of(g, s->base_boots[k], m, scales[c]);
		for (size_t k = 0; k < s->fresh_count; k++)
			*at++ = s->fresh[k] - part_of(g, s->fresh_boots[k], m, scales[c]);
		ret->has_scores[c] = any = true;
	}
	return any;
}

bool common_find(const struct sample *samples, const double *centres, const double *scales,
	size_t count, struct common *ret)
{
	struct common common = {.metric_of = MEM_NEW(size_t, count + 1)};
	struct grid g = {.cell_count = count};
	size_t values = 0;
	bool found = true;

	for (size_t i = 0; i < count; i++) {
		values += values_of(&samples[i]);
		found &= (samples[i].base_boots || !samples[i].base_count) &&
			 (samples[i].fresh_boots || !samples[i].fresh_count);
	}
	g.metric_count = number_metrics(samples, count, common.metric_of);
	if (found && g.metric_count > 1) {
		common.adjusted = MEM_NEW(struct sample, count + 1);
		common.has_scores = MEM_NEW(bool, count + 1);
		common.scores = MEM_NEW(struct sample, g.metric_count);
		common.memory = MEM_NEW(double, 2 * values + 1);
		find_boots(&g, samples, values);
		fill_grid(&g, samples, centres, scales);
		score_boots(&g, common.metric_of, scales);
		found = adjust(&g, samples, scales, &common);
	} else {
		found = false;
	}
	free(g.boots);
	free(g.z);
	free(g.scores);
	free(g.lines);
	if (found)
		*ret = common;
	else
		common_clear(&common);
	return found;
}

void common_clear(struct common *common)
{
	free(common->adjusted);
	free(common->has_scores);
	free(common->metric_of);
	free(common->scores);
	free(common->memory);
	*common = (struct common){0};
}
