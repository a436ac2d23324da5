/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/cells.h"

#include <math.h>

#include "base/mem.h"
#include "stats/family.h"
#include "stats/moderated.h"
#include "stats/ratio.h"
#include "stats/summary.h"

const char *unjudged_phrase(enum unjudged why)
{
	switch (why) {
	case UNJUDGED_NOT:
		return "judged";
	case UNJUDGED_NO_BASE:
		return "the base kernel has no value";
	case UNJUDGED_NO_FRESH:
		return "the new kernel has no value";
	case UNJUDGED_APART:
		return "no lab session has both kernels";
	case UNJUDGED_NO_SPREAD:
		return "one boot a side and no history, so its spread is not known";
	}
	return "unknown";
}

double cells_delta(const struct judging *judging, double mean_base, double minimum_abs)
{
	double relative = minimum_abs > 0 ? minimum_abs * exp(-mean_base) : 0;

	return fmin(230, log1p(fmax(judging->minimum_effect, relative)));
}

double cells_floor(const struct judging *judging, double mean_base, double resolution)
{
	double quantum = resolution > 0 ? resolution / sqrt(12) * exp(-mean_base) : 0;

	return fmax(judging->sd_floor, fmin(quantum, 688));
}

/* The boots of one side in one lab session. */
struct group {
	const double *values;
	size_t count;
	int session;
};

static struct group group_at(const double *values, const int *sessions, size_t count, size_t at)
{
	size_t end = at + 1;

	if (at >= count)
		return (struct group){NULL, 0, 0};
	if (!sessions)
		return (struct group){values + at, count - at, 0};
	while (end < count && sessions[end] == sessions[at])
		end++;
	return (struct group){values + at, end - at, sessions[at]};
}

struct pooled {
	double squares, df;
	double h, hd; /* sum of the weights of the sessions, and of weight times difference */
};

static void pool(struct pooled *p, const struct group *a, const struct group *b)
{
	double n = (double)a->count, m = (double)b->count, h;

	if (a->count)
		p->df += n - 1;
	if (b->count)
		p->df += m - 1;
	p->squares +=
		summary_squares(a->values, a->count) + summary_squares(b->values, b->count);
	if (!a->count || !b->count)
		return;
	h = n * m / (n + m);
	p->h += h;
	p->hd += h * (summary_mean(b->values, b->count) - summary_mean(a->values, a->count));
}

/* Walks the lab sessions of both sides, which are in ascending order. */
static struct pooled pool_sessions(const struct sample *s)
{
	struct pooled p = {0};
	const struct group none = {0};

	for (size_t i = 0, j = 0; i < s->base_count || j < s->fresh_count;) {
		struct group a = group_at(s->base, s->base_sessions, s->base_count, i);
		struct group b = group_at(s->fresh, s->fresh_sessions, s->fresh_count, j);

		if (a.count && b.count && a.session != b.session) {
			if (a.session < b.session)
				b = none;
			else
				a = none;
		}
		pool(&p, &a, &b);
		i += a.count;
		j += b.count;
	}
	return p;
}

static void measure(const struct sample *s, struct judgement *j)
{
	struct pooled p = pool_sessions(s);

	*j = (struct judgement){.p_up = 1, .p_down = 1, .p = 1, .p_adjusted = 1};
	j->p_valid = s->in_family ? s->p_before : 1;
	j->mean_base = summary_mean(s->base, s->base_count);
	if (p.df > 0)
		j->today = (struct spread){p.squares / p.df, p.df};
	if (!s->base_count)
		j->why = UNJUDGED_NO_BASE;
	else if (!s->fresh_count)
		j->why = UNJUDGED_NO_FRESH;
	else if (!(p.h > 0))
		j->why = UNJUDGED_APART;
	if (j->why)
		return;
	j->d = p.hd / p.h;
	j->se = 1 / sqrt(p.h); /* times the standard deviation, once that is known */
}

static void prior_of_metric(const struct judging *judging, const struct sample *samples,
	const struct spread *today, size_t count, size_t metric, struct spread *scratch,
	struct spread *ret)
{
	struct spread prior;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (samples[i].metric == metric)
			scratch[n++] = today[i];
	prior = moderated_prior(scratch, n, judging->cold_start_cells);
	for (size_t i = 0; i < count; i++)
		if (samples[i].metric == metric && ret[i].df < judging->history_df_least)
			ret[i] = prior;
}

void cells_priors(const struct judging *judging, const struct sample *samples,
	const struct spread *today, size_t count, struct spread *ret)
{
	auto_free struct spread *scratch = MEM_NEW(struct spread, count + 1);
	auto_free bool *done = MEM_NEW(bool, count + 1);

	for (size_t i = 0; i < count; i++)
		ret[i] = samples[i].history;
	for (size_t i = 0; i < count; i++) {
		if (done[i] || samples[i].history.df >= judging->history_df_least)
			continue;
		for (size_t k = i; k < count; k++)
			done[k] |= samples[k].metric == samples[i].metric;
		prior_of_metric(
			judging, samples, today, count, samples[i].metric, scratch, ret);
	}
	for (size_t i = 0; i < count; i++)
		ret[i].df = fmin(ret[i].df, judging->history_df_cap);
}

/* Variance, standard error, and the test of one cell. */
static void test_cell(const struct judging *judging, const struct sample *s,
	struct spread prior, double weight, struct judgement *j)
{
	bool lent = s->history.df >= judging->history_df_least;
	struct moderated m;
	struct effect effect;

	if (j->why)
		return;
	m = moderated_variance(j->today, prior, judging->guard_p,
		cells_floor(judging, j->mean_base, s->resolution));
	j->delta = cells_delta(judging, j->mean_base, s->minimum_abs);
	if (!(m.spread.df > 0)) {
		j->why = UNJUDGED_NO_SPREAD;
		j->se = 0;
		return;
	}
	j->noisy_today = m.guarded && lent;
	j->lent_df = m.lent_df;
	j->used = m.spread;
	j->se *= sqrt(m.spread.variance);
	j->df = m.spread.df;
	effect = (struct effect){j->d, j->se, j->df};
	j->p = ratio_test(&effect, j->delta, &j->p_up, &j->p_down);
	/* A single boot may be anything: it is shown, but it accuses nobody. */
	if (s->in_family && s->base_count > 1 && s->fresh_count > 1)
		j->p_valid = family_valid(s->p_before, j->p, weight);
}

/* Adjusts over the family, sets the flags, and returns the alpha that applied to a cell. */
static double flag_family(const struct judging *judging, const struct sample *samples,
	size_t count, double weight, struct judgement *j)
{
	auto_free double *p = MEM_NEW(double, count + 1);
	size_t m = 0, flagged, at = 0;
	double harmonic = 0;

	for (size_t i = 0; i < count; i++)
		if (samples[i].in_family)
			p[m++] = j[i].p_valid;
	family_adjust(p, m, judging->strict, p);
	flagged = family_flagged(p, m, judging->fdr);
	for (size_t i = 0; i < count; i++) {
		if (!samples[i].in_family)
			continue;
		j[i].p_adjusted = p[at++];
		j[i].flagged = !j[i].why && j[i].p_adjusted <= judging->fdr;
	}
	for (size_t i = 1; i <= m; i++)
		harmonic += 1 / (double)i;
	return weight * judging->fdr * fmax(1, (double)flagged) / fmax(1, (double)m) /
	       (judging->strict ? fmax(1, harmonic) : 1);
}

static enum verdict verdict_of(const struct judgement *j, const struct effect *effect)
{
	if (j->flagged)
		return j->d > 0 ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	return ratio_is_within(effect, j->delta) ? VERDICT_UNCHANGED : VERDICT_INCONCLUSIVE;
}

/* Most cells of a comparison have the same degrees of freedom: quantiles are found once. */
struct reach {
	double df;
	double half; /* half width of the interval, in se */
	double seen; /* detectable beyond delta, in se */
};

static void show(struct judgement *j, double alpha, struct reach *reach)
{
	struct effect effect = {j->d, j->se, j->df};

	if (j->why) {
		j->verdict = VERDICT_FAILED;
		j->low = j->high = j->d;
		return;
	}
	if (reach->df != j->df) {
		const struct effect unit = {0, 1, j->df};

		*reach = (struct reach){j->df, ratio_half_width(&unit, 0.95),
			ratio_detectable(&unit, 0, alpha, 0.8)};
	}
	j->verdict = verdict_of(j, &effect);
	j->low = j->d - reach->half * j->se;
	j->high = j->d + reach->half * j->se;
	j->mde = ratio_change(j->delta + reach->seen * j->se);
}

void cells_judge(const struct judging *judging, const struct sample *samples, size_t count,
	double weight, struct judgement *ret)
{
	auto_free struct spread *spreads = MEM_NEW(struct spread, 2 * count + 1);
	struct spread *today = spreads, *prior = spreads + count;
	struct reach reach = {0};
	double alpha;

	for (size_t i = 0; i < count; i++) {
		measure(&samples[i], &ret[i]);
		today[i] = ret[i].why ? (struct spread){0, 0} : ret[i].today;
	}
	cells_priors(judging, samples, today, count, prior);
	for (size_t i = 0; i < count; i++)
		test_cell(judging, &samples[i], prior[i], weight, &ret[i]);
	alpha = flag_family(judging, samples, count, weight, ret);
	for (size_t i = 0; i < count; i++)
		show(&ret[i], alpha, &reach);
}
