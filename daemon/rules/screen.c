/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/common.h"
#include "stats/moderated.h"
#include "stats/nested.h"
#include "stats/ratio.h"
#include "stats/summary.h"

/* One cell on its way: the baseline, and what is known of its noise. */
struct level {
	bool usable; /* has a baseline and boots of today */
	struct nested_sessions stored;
	const double *today_base; /* base boots of this lab session */
	size_t today_count;
	struct spread history;
	struct spread sessions; /* t3_2 with its degrees of freedom */
};

/* Where the base boots of this lab session begin. */
static size_t stored_count(const struct sample *s)
{
	size_t n = s->base_count;

	if (s->base_sessions && s->fresh_sessions && s->fresh_count)
		while (n > 0 && s->base_sessions[n - 1] == s->fresh_sessions[0])
			n--;
	return n;
}

static struct level level_of(const struct judging *judging, const struct sample *s)
{
	size_t stored = stored_count(s);
	struct level l = {
		.today_base = s->base + stored,
		.today_count = s->base_count - stored,
		.history = s->history,
	};

	if (!s->fresh_count || !s->base_sessions ||
		!nested_sessions(s->base, s->base_sessions, stored, &l.stored))
		return l;
	l.usable = true;
	if (l.history.df < judging->history_df_least)
		l.history = (struct spread){
			l.stored.ms_boot, (double)(l.stored.boots - l.stored.sessions)};
	l.history.df = fmin(l.history.df, judging->history_df_cap);
	l.sessions = (struct spread){l.stored.t3_2, (double)(l.stored.sessions - 1)};
	return l;
}

/*
 * The session component as a multiple of the boots' variance, with the other
 * cells' as prior: nine degrees of freedom of one cell are few.
 */
static void lend_sessions(const struct judging *judging, struct level *levels, size_t count)
{
	auto_free struct spread *ratios = MEM_NEW(struct spread, count + 1);
	struct spread prior;

	for (size_t i = 0; i < count; i++)
		if (levels[i].usable && levels[i].history.variance > 0)
			ratios[i] = (struct spread){
				levels[i].stored.ms_session / levels[i].history.variance,
				levels[i].sessions.df};
	prior = moderated_prior(ratios, count, judging->cold_start_cells);
	prior.df = fmin(prior.df, judging->history_df_cap);
	for (size_t i = 0; i < count; i++) {
		struct spread *own = &levels[i].sessions;
		double df = prior.df + ratios[i].df;

		if (!(prior.df > 0) || !(ratios[i].df > 0))
			continue;
		*own = (struct spread){fmax(0, (prior.df * prior.variance +
						       ratios[i].df * ratios[i].variance) /
							       df -
						       1) *
					       levels[i].history.variance / levels[i].stored.n0,
			df};
	}
}

/* Difference and standard error; parts into *ret, which must be zeroed before. */
struct difference {
	struct effect effect;
	double a, c;
};

static struct spread today_of(const struct sample *s, const struct level *l)
{
	double squares = summary_squares(s->fresh, s->fresh_count) +
			 summary_squares(l->today_base, l->today_count);
	double df = (double)(s->fresh_count - 1) +
		    (l->today_count ? (double)(l->today_count - 1) : 0);

	return df > 0 ? (struct spread){squares / df, df} : (struct spread){0, 0};
}

static struct difference differ(
	const struct sample *s, const struct level *l, struct spread used, double t3_2)
{
	double sessions = (double)l->stored.sessions;
	double stored = used.variance * l->stored.inverse_boots / (sessions * sessions);
	double apart = t3_2 * (1 + 1 / sessions); /* of the stored level from today's */
	double share = 1;			  /* of the stored boots in the level */
	struct difference d = {0};

	d.a = used.variance / (double)s->fresh_count;
	d.effect.d = summary_mean(s->fresh, s->fresh_count);
	if (l->today_count) {
		double today = used.variance / (double)l->today_count;

		share = today / (today + stored + apart);
		d.a += (1 - share) * (1 - share) * today;
		d.effect.d -= (1 - share) * summary_mean(l->today_base, l->today_count);
	}
	d.effect.d -= share * l->stored.mean;
	d.a += share * share * stored;
	d.c = share * share * apart;
	d.effect.se = sqrt(d.a + d.c);
	d.effect.df = used.df;
	if (d.c > 0 && l->sessions.df > 0)
		d.effect.df = (d.a + d.c) * (d.a + d.c) /
			      (d.a * d.a / used.df + d.c * d.c / l->sessions.df);
	return d;
}

/* Everything of a cell but its verdict. */
static void judge_cell(const struct judging *judging, const struct sample *s,
	const struct level *l, struct screened *ret)
{
	struct judgement *j = &ret->judgement;
	struct difference d;
	struct moderated m;
	double up, down;

	*ret = (struct screened){.p = 1, .p_today = 1};
	*j = (struct judgement){.p_up = 1, .p_down = 1, .p = 1, .p_valid = 1, .p_adjusted = 1};
	if (!l->usable) {
		j->why = s->fresh_count ? UNJUDGED_NO_BASE : UNJUDGED_NO_FRESH;
		return;
	}
	j->mean_base = l->stored.mean;
	j->today = today_of(s, l);
	m = moderated_variance(
		j->today, l->history, 0, cells_floor(judging, j->mean_base, s->resolution));
	if (!(m.spread.df > 0)) {
		j->why = UNJUDGED_NO_SPREAD;
		return;
	}
	j->used = m.spread;
	j->lent_df = m.lent_df;
	j->delta = cells_delta(judging, j->mean_base, s->minimum_abs);
	d = differ(s, l, m.spread, 0);
	ret->p_today = ratio_test(&d.effect, j->delta, &up, &down);
	d = differ(s, l, m.spread, l->sessions.variance);
	ret->t3_2 = l->sessions.variance;
	ret->a = d.a;
	ret->c = d.c;
	ret->needs_base = d.c > d.a;
	j->d = d.effect.d;
	j->se = d.effect.se;
	j->df = d.effect.df;
	j->p = ret->p = ratio_test(&d.effect, j->delta, &j->p_up, &j->p_down);
}

static void judge_all(const struct judging *judging, const struct sample *samples, size_t count,
	double noise, struct screened *ret)
{
	auto_free struct level *levels = MEM_NEW(struct level, count + 1);

	for (size_t i = 0; i < count; i++) {
		levels[i] = level_of(judging, &samples[i]);
		levels[i].history.variance *= noise;
	}
	if (judging->screen_borrows)
		lend_sessions(judging, levels, count);
	for (size_t i = 0; i < count; i++)
		judge_cell(judging, &samples[i], &levels[i], &ret[i]);
}

/* --- what all cells of a boot have in common --- */

/* Boots vary less without their common part: by this factor, over all cells; 1 at most. */
static double quieter(const struct sample *plain, const struct sample *adjusted, size_t count)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct nested_sessions a, b;
		size_t stored = stored_count(&plain[i]);

		if (!plain[i].base_sessions ||
			!nested_sessions(plain[i].base, plain[i].base_sessions, stored, &a) ||
			!nested_sessions(
				adjusted[i].base, plain[i].base_sessions, stored, &b) ||
			!(a.ms_boot > 0))
			continue;
		sum += b.ms_boot / a.ms_boot;
		n++;
	}
	return n ? fmin(1, sum / (double)n) : 1;
}

/* Have today's boots of the new kernel moved as a whole? */
static bool has_moved(const struct judging *judging, const struct sample *scores)
{
	struct judging any = *judging;
	struct screened s;
	struct level l;

	any.minimum_effect = 0;
	l = level_of(&any, scores);
	judge_cell(&any, scores, &l, &s);
	return s.p <= judging->common_p;
}

/* Tests without the common part replace the plain ones, or join them where boots have moved. */
static void take_adjusted(const struct judging *judging, const struct common *common,
	const struct screened *adjusted, size_t count, struct screened *ret)
{
	auto_free bool *moved = MEM_NEW(bool, count + 1);

	for (size_t i = 0; i < count; i++)
		if (common->scores[common->metric_of[i]].fresh_count)
			moved[i] = has_moved(judging, &common->scores[common->metric_of[i]]);
	for (size_t i = 0; i < count; i++) {
		if (!common->has_scores[i] || adjusted[i].judgement.why)
			continue;
		if (moved[i] && ret[i].p <= adjusted[i].p)
			continue;
		ret[i].p_today = moved[i] ? fmin(ret[i].p_today, adjusted[i].p_today)
					  : adjusted[i].p_today;
		ret[i].p = adjusted[i].p;
		ret[i].needs_base = adjusted[i].needs_base;
	}
}

static void borrow(const struct judging *judging, const struct sample *samples, size_t count,
	struct screened *ret)
{
	auto_free double *centres = MEM_NEW(double, count + 1);
	auto_free double *scales = MEM_NEW(double, count + 1);
	auto_free struct screened *adjusted = MEM_NEW(struct screened, count + 1);
	struct common common;
	double noise;

	for (size_t i = 0; i < count; i++) {
		struct level l = level_of(judging, &samples[i]);

		centres[i] = l.stored.mean;
		if (l.usable)
			scales[i] = sqrt(l.history.variance);
	}
	if (!common_find(samples, centres, scales, count, &common))
		return;
	noise = quieter(samples, common.adjusted, count);
	judge_all(judging, common.adjusted, count, noise, adjusted);
	take_adjusted(judging, &common, adjusted, count, ret);
	common_clear(&common);
}

/* --- verdicts and decision --- */

/* A cell and the metric that it is of. */
struct member {
	size_t metric;
	struct screened *cell;
};

static int by_metric(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->metric > y->metric) - (x->metric < y->metric);
}

/*
 * A metric of which many cells look changed is included whole: changes of a
 * kernel are seldom of one configuration, and the cells that are too noisy to
 * be suspicious by themselves would be lost to the confirm.
 */
static void include_metrics(const struct judging *judging, const struct sample *samples,
	size_t count, struct screened *ret)
{
	auto_free struct member *members = MEM_NEW(struct member, count + 1);
	size_t from, to;

	for (size_t i = 0; i < count; i++)
		members[i] = (struct member){samples[i].metric, &ret[i]};
	qsort(members, count, sizeof(*members), by_metric);
	for (from = 0; from < count; from = to) {
		size_t cells = 0, included = 0;

		for (to = from; to < count && members[to].metric == members[from].metric;
			to++) {
			cells += !members[to].cell->judgement.why;
			included += members[to].cell->included;
		}
		if ((double)included < judging->include_share * (double)cells)
			continue;
		for (size_t i = from; i < to; i++)
			members[i].cell->included = !members[i].cell->judgement.why;
	}
}

void screen_judge(const struct judging *judging, const struct sample *samples, size_t count,
	struct screened *ret)
{
	judge_all(judging, samples, count, 1, ret);
	if (judging->screen_borrows)
		borrow(judging, samples, count, ret);
	for (size_t i = 0; i < count; i++) {
		struct judgement *j = &ret[i].judgement;
		const struct effect effect = {j->d, j->se, j->df};
		double half;

		ret[i].included = !j->why && ret[i].p <= judging->include_p;
		j->verdict = VERDICT_FAILED;
		j->low = j->high = j->d;
		if (j->why)
			continue;
		half = ratio_half_width(&effect, 0.95);
		j->low = j->d - half;
		j->high = j->d + half;
		j->mde = ratio_change(
			ratio_detectable(&effect, j->delta, judging->trigger_p, 0.8));
		j->verdict = ratio_is_within(&effect, j->delta) ? VERDICT_UNCHANGED
								: VERDICT_INCONCLUSIVE;
	}
	if (judging->screen_borrows)
		include_metrics(judging, samples, count, ret);
}

/* The baseline of a branch is one set of boots; the fullest cell shows it. */
static bool has_baseline(
	const struct judging *judging, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nested_sessions s;

		if (samples[i].base_sessions &&
			nested_sessions(samples[i].base, samples[i].base_sessions,
				stored_count(&samples[i]), &s) &&
			s.boots >= judging->baseline_boots &&
			s.sessions >= judging->baseline_sessions)
			return true;
	}
	return false;
}

static struct screen_answer measure(char side, int boots)
{
	struct screen_answer answer = {.step = SCREEN_MEASURE};

	for (int i = 0; i < boots && i < (int)sizeof(answer.order) - 1; i++)
		answer.order[i] = side;
	return answer;
}

struct screen_answer screen_next(const struct judging *judging, const struct sample *samples,
	const struct screened *screened, size_t count, int fresh, int base)
{
	struct screen_answer answer = {.step = SCREEN_QUIET};
	bool certain = false, wants_base = false, suspects = false;
	bool asks = base == 0 && judging->screen_base_boots > 0;

	if (fresh < judging->screen_boots)
		return measure('B', judging->screen_boots - fresh);
	if (!has_baseline(judging, samples, count)) {
		answer.step = SCREEN_COLLECT;
		return answer;
	}
	for (size_t i = 0; i < count; i++) {
		const struct screened *s = &screened[i];

		answer.included += s->included;
		suspects |= s->p <= judging->suspect_p;
		wants_base |= s->needs_base && s->p_today <= judging->suspect_p;
		if (s->p > judging->trigger_p)
			continue;
		answer.triggers++;
		certain |= !asks || !s->needs_base || s->p <= judging->certain_p;
	}
	if (certain)
		answer.step = SCREEN_CONFIRM;
	else if (asks && wants_base)
		return measure('A', judging->screen_base_boots);
	else if (suspects && fresh < judging->screen_boots_most)
		return measure('B', 1);
	return answer;
}
