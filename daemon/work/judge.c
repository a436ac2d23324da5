/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/plans.h"
#include "model/judging.h"
#include "model/raw.h"
#include "rules/baseline.h"
#include "rules/compare.h"
#include "rules/confirm.h"
#include "rules/hostcheck.h"
#include "rules/measures.h"
#include "store/checks.h"
#include "store/comparisons.h"
#include "store/screens.h"
#include "store/series.h"
#include "text/number.h"
#include "verdict/screened.h"

static bool has_both_sides(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->cell_count; i++)
		if (comparison->cells[i].base.count && comparison->cells[i].fresh.count)
			return true;
	return false;
}

/* Boots of a side that count. */
static int good_boots(const struct comparison *comparison, char side)
{
	int count = 0;

	for (size_t i = 0; i < comparison->boot_count; i++)
		if (comparison->boots[i].side == side &&
			comparison->boots[i].failure == FAILURE_NONE)
			count++;
	return count;
}

/* The planned looks for which both sides have their boots. */
static int looks_taken(const struct judging *judging, int boots)
{
	int looks = 0;

	while (looks < judging->looks && judging->look_boots[looks] <= boots)
		looks++;
	return looks;
}

static int looks_of(const struct judging *judging, const struct comparison *comparison)
{
	int base = good_boots(comparison, 'A'), fresh = good_boots(comparison, 'B');

	return comparison->confirm ? looks_taken(judging, base < fresh ? base : fresh) : 0;
}

/*
 * A comparison that could not be measured has its reason for a verdict, and one
 * that has nothing to compare yet, or is between two looks, says so.
 */
static void tell_state(const struct judging *judging, struct comparison *comparison)
{
	char *sentence = NULL;

	if (comparison->reason) {
		comparison->headline = VERDICT_FAILED;
		sentence = mem_printf("Failed: %s", comparison->reason);
	} else if (strcmp(comparison->state, "running") == 0) {
		int looks = looks_of(judging, comparison);

		if (comparison->kind == COMPARISON_SCREEN)
			return;
		if (!has_both_sides(comparison)) {
			comparison->headline = VERDICT_INCONCLUSIVE;
			sentence = mem_strdup("Not measured yet.");
		} else if (looks) {
			sentence = mem_printf(
				"LOOK %d OF %d with %d+%d boots; preliminary, "
				"may change: %s",
				looks, judging->looks, judging->look_boots[looks - 1],
				judging->look_boots[looks - 1], comparison->sentence);
		} else {
			sentence = mem_printf("Preliminary: %s", comparison->sentence);
		}
	}
	if (!sentence)
		return;
	free(comparison->sentence);
	comparison->sentence = sentence;
}

/* By what evidence: the second line of page and mail. */
static char *tell_evidence(
	const struct judging *judging, const struct comparison *comparison, int looks)
{
	int base = good_boots(comparison, 'A'), fresh = good_boots(comparison, 'B');

	if (comparison->confirm)
		return mem_printf(
			"look %d of %d, %d+%d interleaved boots; false discovery rate "
			"%g %%; counts from %g %% up",
			looks, judging->looks, base, fresh, 100 * judging->fdr,
			100 * judging->minimum_effect);
	return mem_printf(
		"%d+%d interleaved boots, their number fixed before; false discovery "
		"rate %g %%; counts from %g %% up",
		base, fresh, 100 * judging->fdr, 100 * judging->minimum_effect);
}

/* A judged cell, as the rule of the confirm asks for it. */
static void as_judged(
	const struct cell *cell, struct sample *ret_sample, struct judgement *ret_judgement)
{
	*ret_sample = (struct sample){.in_family = cell->in_family};
	*ret_judgement = (struct judgement){
		.why = cell->verdict == VERDICT_FAILED ? UNJUDGED_NO_FRESH : UNJUDGED_NOT,
		.flagged =
			cell->verdict == VERDICT_REGRESSED || cell->verdict == VERDICT_IMPROVED,
		.d = log1p(cell->change),
		.delta = log1p(cell->minimum),
	};
}

int judge_boots_wanted(const struct comparison *comparison, int boots)
{
	struct judging judging = judging_defaults();
	auto_free struct sample *samples = MEM_NEW(struct sample, comparison->cell_count);
	auto_free struct judgement *judgements =
		MEM_NEW(struct judgement, comparison->cell_count);
	int looks = looks_taken(&judging, boots);
	struct confirm_answer answer;

	for (size_t i = 0; i < comparison->cell_count; i++)
		as_judged(&comparison->cells[i], &samples[i], &judgements[i]);
	answer = confirm_next(&judging, looks, samples, judgements, comparison->cell_count);
	return answer.look ? judging.look_boots[looks] : boots;
}

/* --- what is known from other comparisons --- */

enum { DAY_MS = 24 * 3600 * 1000 };

/* When the comparison's first boot began: what came later is not known to it. */
static int64_t began(const struct comparison *comparison)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < comparison->boot_count; i++)
		if (!comparison->boots[i].stored &&
			comparison->boots[i].started_unix_ms < first)
			first = comparison->boots[i].started_unix_ms;
	return first;
}

/* By cell: the variance within kernel and lab session over the kernels before. */
static int load_history(struct db *db, const struct judging *judging,
	const struct comparison *c, int64_t epoch, struct spread **ret, struct err *err)
{
	const struct point_wish wish = {.epoch_id = epoch,
		.before_unix_ms = began(c),
		.not_comparison = c->id,
		.newest_kernels = judging->history_kernels};
	struct point_set set = {0};
	int r = points_load(db, &wish, &set, err);

	if (r < 0)
		return r;
	*ret = MEM_NEW(struct spread, c->cell_count + 1);
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct point_series *series =
			point_series_find(&set, c->scenarios[cell->scenario].name,
				c->modes[cell->mode], c->metrics[cell->metric].name);

		if (series)
			(*ret)[i] = baseline_spread(&set, series);
	}
	point_set_clear(&set);
	return 0;
}

static int by_index(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/*
 * Of the boots of the branch a level takes a few dozen, mostly the same in all
 * cells: only their points are read. A series that lacks one takes another
 * boot in its place, so of that one all are read.
 */
static int load_level(struct db *db, const struct judging *judging, const struct comparison *c,
	struct point_set *set, struct err *err)
{
	struct baseline_wish wish = baseline_wish_of(c);
	auto_free size_t *all = MEM_NEW(size_t, set->boot_count + 1);
	auto_free size_t *boots = MEM_NEW(size_t, judging->baseline_most + 1);
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < set->boot_count; i++)
		all[i] = i;
	for (size_t i = 0; i < set->series_count && r == 0; i++) {
		struct point_series *series = &set->series[i];

		if (i == 0 || !baseline_is_one_level(series, series - 1, &wish)) {
			count = baseline_boots(
				set, series, &wish, judging->baseline_most, boots);
			qsort(boots, count, sizeof(*boots), by_index);
		}
		r = points_of(db, set, series, boots, count, err);
		if (r == 0 && series->count < count)
			r = points_of(db, set, series, all, set->boot_count, err);
	}
	return r;
}

static int add_level(struct db *db, const struct judging *judging, struct comparison *c,
	int64_t epoch, struct err *err)
{
	const struct point_wish wish = {.epoch_id = epoch,
		.branch = c->branch ? c->branch : "",
		.commit_id = c->base.commit_id,
		.from_unix_ms = began(c) - (int64_t)judging->baseline_days * DAY_MS,
		.before_unix_ms = began(c),
		.not_comparison = c->id};
	struct point_set set = {0};
	int r = points_frame(db, &wish, &set, err);

	if (r == 0)
		r = load_level(db, judging, c, &set, err);
	if (r == 0)
		baseline_add(judging, &set, c);
	point_set_clear(&set);
	return r;
}

/* By cell: is it in the family that the screen fixed? */
static int load_family(struct db *db, const struct comparison *c, bool **ret, struct err *err)
{
	struct cell_name *names = NULL;
	size_t count = 0;
	int r = family_load(db, c->screen_id, &names, &count, err);

	if (r < 0)
		return r;
	*ret = MEM_NEW(bool, c->cell_count + 1);
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		for (size_t k = 0; k < count && !(*ret)[i]; k++)
			(*ret)[i] =
				strcmp(names[k].metric, c->metrics[cell->metric].name) == 0 &&
				strcmp(names[k].mode, c->modes[cell->mode]) == 0 &&
				strcmp(names[k].scenario, c->scenarios[cell->scenario].name) ==
					0;
	}
	cell_names_free(names, count);
	return 0;
}

/* What follows a suspicion: the words behind it, for page, mail and terminal. */
static int tell_sequel(struct db *db, struct comparison *c, struct err *err)
{
	struct screen_sequel sequel;
	auto_free char *suspicion = c->sentence;
	int r = screen_sequel_load(db, c->id, &sequel, err);

	c->sentence = NULL;
	if (r < 0)
		return r;
	if (sequel.place)
		c->sentence = mem_printf("%s; confirm queued as number %d on %s", suspicion,
			sequel.place, c->host);
	else
		c->sentence = mem_printf("%s; %s", suspicion,
			strcmp(sequel.state, "running") == 0  ? "its confirm runs"
			: strcmp(sequel.state, "done") == 0   ? "its confirm has answered"
			: strcmp(sequel.state, "failed") == 0 ? "its confirm failed"
							      : "a confirm is to decide");
	return 0;
}

static int judge_screen(struct db *db, const struct judging *judging, int64_t epoch,
	const struct spread *history, struct comparison *c, struct err *err)
{
	int r = epoch ? add_level(db, judging, c, epoch, err) : 0;

	if (r < 0)
		return r;
	screened_fill(judging, history, c);
	return c->screen.step == SCREEN_CONFIRM ? tell_sequel(db, c, err) : 0;
}

static int judge_sides(struct db *db, const struct judging *judging, bool apart,
	const struct spread *history, struct comparison *c, struct err *err)
{
	auto_free bool *family = NULL;
	struct compare_known known = {
		.history = history, .looks = looks_of(judging, c), .apart = apart};
	int r = c->screen_id ? load_family(db, c, &family, err) : 0;

	if (r < 0)
		return r;
	known.family = family;
	compare_fill(judging, &known, c);
	c->evidence = tell_evidence(judging, c, known.looks);
	return 0;
}

static int judge_cells(struct db *db, struct comparison *c, struct err *err)
{
	struct judging judging = judging_defaults();
	auto_free struct spread *history = NULL;
	int64_t epoch = 0;
	int epochs = comparison_epochs(db, c->id, &epoch, err);
	int r = epochs < 0 ? epochs : 0;

	if (epochs > 0)
		r = load_history(db, &judging, c, epoch, &history, err);
	if (r < 0)
		return r;
	r = c->kind == COMPARISON_SCREEN
		    ? judge_screen(db, &judging, epoch, history, c, err)
		    : judge_sides(db, &judging, epochs > 1, history, c, err);
	if (r == 0)
		tell_state(&judging, c);
	return r;
}

static int judge_values(
	struct db *db, struct comparison *comparison, const char *plan_text, struct err *err)
{
	struct raw_set raw = {0};
	struct plan plan = {0};
	int r = plan_parse(comparison->plan, plan_text, &plan, err);

	if (r < 0)
		return err_note(
			err, "stored plan of comparison %lld", (long long)comparison->id);
	r = comparison_values(db, comparison->id, &raw, err);
	if (r == 0) {
		comparison->chunk_bytes = plan.chunk_bytes;
		measures_fill(comparison, &plan, &raw);
		r = judge_cells(db, comparison, err);
	}
	if (r == 0)
		r = comparison_commands(db, comparison, err);
	raw_set_clear(&raw);
	plan_clear(&plan);
	return r;
}

/* --- what it says of its own machine --- */

static double change_of(double log_change, bool *ret_has)
{
	*ret_has = isfinite(log_change);
	return *ret_has ? expm1(log_change) : 0;
}

/* What moved, and how far: that is the verdict then. */
static void doubt(struct comparison *c, enum hostcheck_verdict verdict)
{
	const struct comparison_trust *t = &c->trust;
	bool control = verdict == HOSTCHECK_CONTROL;
	char change[NUMBER_BYTES] = "";

	c->doubted = c->sentence;
	if (verdict == HOSTCHECK_AA) {
		c->sentence = mem_printf(
			"NOT JUDGED: %s; the machine is not to be trusted", t->moved);
		return;
	}
	if (verdict != HOSTCHECK_ALL_CELLS && (control ? t->has_control : t->has_baseline))
		number_percent(control ? t->control : t->baseline, change);
	c->sentence = mem_printf(
		"NOT JUDGED: %s%s%s against its own history; the machine is "
		"not to be trusted",
		t->moved, *change ? " by " : "", change);
}

/* What is known up to the comparison itself: its page must not change with later ones. */
static int add_trust(struct db *db, struct comparison *c, struct err *err)
{
	struct comparison_trust *t = &c->trust;
	struct check_row row = {.checked_unix_ms = c->updated_unix_ms};
	enum hostcheck_verdict verdict = HOSTCHECK_STEADY;
	int r = check_load(db, c->id, &row, err);

	if (r > 0) {
		verdict = hostcheck_from_name(row.verdict);
		t->moved = verdict == HOSTCHECK_STEADY ? NULL : hostcheck_phrase(verdict);
		t->control = change_of(row.control, &t->has_control);
		t->baseline = change_of(row.baseline, &t->has_baseline);
		t->drift = change_of(row.drift, &t->has_drift);
		t->drift_moved = row.drift_moved;
		t->between = change_of(row.between, &t->has_between);
		t->between_half = change_of(row.between_half, &t->has_between);
		t->between_moved = row.between_moved;
		if (t->moved)
			doubt(c, verdict);
	}
	if (r >= 0)
		r = checks_count_aa(
			db, c->host_id, row.checked_unix_ms, &t->aa_runs, &t->aa_alerts, err);
	t->aa_limit = hostcheck_rate_limit(t->aa_alerts, t->aa_runs);
	return r;
}

int judge_comparison(struct db *db, int64_t id, struct comparison *ret, struct err *err)
{
	struct comparison comparison;
	auto_free char *plan_text = NULL;
	int r = comparison_load(db, id, &comparison, &plan_text, err);

	if (r < 0)
		return r;
	r = judge_values(db, &comparison, plan_text, err);
	if (r == 0)
		r = add_trust(db, &comparison, err);
	if (r < 0) {
		comparison_clear(&comparison);
		return r;
	}
	*ret = comparison;
	return 0;
}
