/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/hostcheck.h"

#include <math.h>
#include <string.h>

#include "math/special.h"
#include "stats/moderated.h"
#include "stats/nested.h"
#include "stats/ratio.h"
#include "stats/summary.h"

static void decide(
	const struct judging *judging, const struct effect *effect, struct hostcheck_moved *ret)
{
	ret->judged = true;
	ret->d = effect->d;
	ret->p = fmin(1, 2 * special_t_tail(fabs(effect->d) / effect->se, effect->df));
	ret->half_width = ratio_half_width(effect, 0.95);
	ret->moved = ret->p < judging->host_check_p &&
		     fabs(effect->d) > log1p(judging->minimum_effect);
}

struct hostcheck_moved hostcheck_moved(
	const struct judging *judging, const struct hostcheck_series *s)
{
	struct hostcheck_moved ret = {.p = 1};
	struct nested_sessions h;
	double boots, sessions, a, c, df;
	struct effect effect;

	if (!s->today_count ||
		!nested_sessions(s->history, s->sessions, s->history_count, &h) ||
		h.sessions < 2 || h.boots == h.sessions)
		return ret;
	boots = (double)(h.boots - h.sessions);
	sessions = (double)h.sessions;
	a = fmax(h.ms_boot, judging->sd_floor * judging->sd_floor);
	a *= 1 / (double)s->today_count + h.inverse_boots / (sessions * sessions);
	c = h.t3_2 * (1 + 1 / sessions);
	df = (a + c) * (a + c) / (a * a / boots + c * c / (sessions - 1));
	effect = (struct effect){
		summary_mean(s->today, s->today_count) - h.mean, sqrt(a + c), df};
	decide(judging, &effect, &ret);
	return ret;
}

static struct spread spread_of(const struct judging *judging, const struct hostcheck_series *s)
{
	struct nested_sessions h;

	if (!nested_sessions(s->history, s->sessions, s->history_count, &h) ||
		h.boots == h.sessions)
		return (struct spread){0};
	return (struct spread){
		h.ms_boot, fmin((double)(h.boots - h.sessions), judging->history_df_cap)};
}

struct hostcheck_moved hostcheck_between(const struct judging *judging,
	const struct hostcheck_series *base, const double *fresh, size_t fresh_count)
{
	struct hostcheck_moved ret = {.p = 1};
	struct spread today = {.df = (double)base->today_count + (double)fresh_count - 2};
	struct moderated m;
	struct effect effect;

	if (base->today_count < 2 || fresh_count < 2)
		return ret;
	today.variance = (summary_squares(base->today, base->today_count) +
				 summary_squares(fresh, fresh_count)) /
			 today.df;
	m = moderated_variance(
		today, spread_of(judging, base), judging->guard_p, judging->sd_floor);
	effect = (struct effect){
		summary_mean(fresh, fresh_count) - summary_mean(base->today, base->today_count),
		sqrt(m.spread.variance *
			(1 / (double)base->today_count + 1 / (double)fresh_count)),
		m.spread.df};
	decide(judging, &effect, &ret);
	return ret;
}

struct hostcheck_moved hostcheck_drift(
	const struct judging *judging, const double *values, size_t count)
{
	struct hostcheck_moved ret = {.p = 1};
	double mean = summary_mean(values, count), middle = (double)(count - 1) / 2;
	double sxx = 0, sxy = 0, rest = 0, slope, way = (double)(count - 1);
	struct effect effect;

	if (count < 4)
		return ret;
	for (size_t i = 0; i < count; i++) {
		sxx += ((double)i - middle) * ((double)i - middle);
		sxy += ((double)i - middle) * (values[i] - mean);
	}
	slope = sxy / sxx;
	for (size_t i = 0; i < count; i++) {
		double off = values[i] - mean - slope * ((double)i - middle);

		rest += off * off;
	}
	rest = fmax(rest / (double)(count - 2), judging->sd_floor * judging->sd_floor);
	effect = (struct effect){slope * way, sqrt(rest / sxx) * way, (double)(count - 2)};
	decide(judging, &effect, &ret);
	return ret;
}

static const char *const names[HOSTCHECK_COUNT] = {
	[HOSTCHECK_STEADY] = "steady",
	[HOSTCHECK_CONTROL] = "control",
	[HOSTCHECK_BASELINE] = "baseline",
	[HOSTCHECK_AA] = "aa",
	[HOSTCHECK_ALL_CELLS] = "all cells",
};

const char *hostcheck_name(enum hostcheck_verdict verdict)
{
	return names[verdict];
}

enum hostcheck_verdict hostcheck_from_name(const char *name)
{
	for (size_t i = 0; i < HOSTCHECK_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return (enum hostcheck_verdict)i;
	return HOSTCHECK_STEADY;
}

const char *hostcheck_phrase(enum hostcheck_verdict verdict)
{
	switch (verdict) {
	case HOSTCHECK_STEADY:
		return "the machine is as it was";
	case HOSTCHECK_CONTROL:
		return "the negative control moved";
	case HOSTCHECK_BASELINE:
		return "the baseline kernel moved";
	case HOSTCHECK_AA:
		return "a kernel differed from itself";
	case HOSTCHECK_ALL_CELLS:
		return "more than half of all cells moved the same way";
	case HOSTCHECK_COUNT:
		break;
	}
	return "unknown";
}

enum hostcheck_verdict hostcheck_session(const struct hostcheck_moved *control,
	const struct hostcheck_moved *baseline, size_t aa_flagged,
	const struct judgement *cells, size_t count)
{
	size_t up = 0, down = 0;

	if (control->moved)
		return HOSTCHECK_CONTROL;
	if (baseline->moved)
		return HOSTCHECK_BASELINE;
	if (aa_flagged)
		return HOSTCHECK_AA;
	for (size_t i = 0; i < count; i++) {
		if (cells[i].why)
			continue;
		up += cells[i].d > cells[i].delta;
		down += cells[i].d < -cells[i].delta;
	}
	return 2 * up > count || 2 * down > count ? HOSTCHECK_ALL_CELLS : HOSTCHECK_STEADY;
}

double hostcheck_rate_limit(int hits, int runs)
{
	double low = 0, high = 1;

	if (runs <= 0 || hits >= runs)
		return 1;
	if (hits < 0)
		hits = 0;
	/* P(X <= hits | rate) = 1 - I_rate(hits + 1, runs - hits) falls with the rate. */
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (special_beta(middle, hits + 1, runs - hits) < 0.95)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
