/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/trust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/judging.h"
#include "model/trial.h"
#include "rules/hostcheck.h"
#include "store/checks.h"
#include "store/hosts.h"
#include "store/series.h"

/* Boot values of one kernel, boot by boot: a row of cells each; NAN where there is none. */
struct grid {
	double *values; /* boots x cells */
	int *sessions;	/* by boot, which are in order of time */
	size_t boots, cells;
};

static void grid_init(struct grid *grid, size_t boots, size_t cells)
{
	grid->boots = boots;
	grid->cells = cells;
	grid->sessions = MEM_NEW(int, boots + 1);
	grid->values = MEM_NEW(double, boots *cells + 1);
	for (size_t i = 0; i < boots * cells; i++)
		grid->values[i] = NAN;
}

static void grid_clear(struct grid *grid)
{
	free(grid->values);
	free(grid->sessions);
}

/* Everything of one check. Cells are the judged ones that have base boots of today. */
struct work {
	const struct judging *judging;
	const struct comparison *c;
	size_t *cells;	    /* index into the comparison's cells */
	struct grid today;  /* the base kernel in this comparison */
	struct grid before; /* ... in others */
	struct controls {   /* the negative control, logs, boot by boot */
		double *values;
		int *sessions;
		size_t count;
	} base, fresh, history; /* today's of either kernel; of other comparisons */
};

static void work_clear(struct work *w)
{
	struct controls *const all[] = {&w->base, &w->fresh, &w->history};

	grid_clear(&w->today);
	grid_clear(&w->before);
	free(w->cells);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		free(all[i]->values);
		free(all[i]->sessions);
	}
}

static void add_control(struct controls *list, double value, int64_t session)
{
	list->values = mem_grow(list->values, list->count + 1, sizeof(*list->values));
	list->sessions = mem_grow(list->sessions, list->count + 1, sizeof(*list->sessions));
	list->values[list->count] = value;
	list->sessions[list->count++] = (int)session;
}

/* By session: boots come kernel by kernel, and a lab session has two. */
static void sort_by_session(struct controls *list)
{
	for (size_t i = 1; i < list->count; i++) {
		double value = list->values[i];
		int session = list->sessions[i];
		size_t at = i;

		for (; at > 0 && list->sessions[at - 1] > session; at--) {
			list->values[at] = list->values[at - 1];
			list->sessions[at] = list->sessions[at - 1];
		}
		list->values[at] = value;
		list->sessions[at] = session;
	}
}

static void read_controls(struct work *w)
{
	for (size_t i = 0; i < w->c->boot_count; i++) {
		const struct comparison_boot *boot = &w->c->boots[i];

		if (boot->failure == FAILURE_NONE && isfinite(boot->control) &&
			boot->control > 0)
			add_control(boot->side == 'A' ? &w->base : &w->fresh,
				log(boot->control), boot->session);
	}
}

static void read_today(struct work *w)
{
	const struct comparison *c = w->c;
	auto_free size_t *rows = MEM_NEW(size_t, c->boot_count + 1);
	size_t boots = 0, cells = 0;

	w->cells = MEM_NEW(size_t, c->cell_count + 1);
	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == 'A' && c->boots[i].failure == FAILURE_NONE)
			rows[i] = boots++;
	for (size_t i = 0; i < c->cell_count; i++)
		if (c->metrics[c->cells[i].metric].judged && c->cells[i].base.count)
			w->cells[cells++] = i;
	grid_init(&w->today, boots, cells);
	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == 'A' && c->boots[i].failure == FAILURE_NONE)
			w->today.sessions[rows[i]] = c->boots[i].session;
	for (size_t k = 0; k < cells; k++) {
		const struct cell_side *side = &c->cells[w->cells[k]].base;

		for (size_t i = 0; i < side->count; i++)
			if (isfinite(side->values[i]) && side->values[i] > 0)
				w->today.values[rows[side->boots[i]] * cells + k] =
					log(side->values[i]);
	}
}

static void take_before(struct work *w, const struct point_set *set)
{
	const struct comparison *c = w->c;

	grid_init(&w->before, set->boot_count, w->today.cells);
	for (size_t i = 0; i < set->boot_count; i++)
		w->before.sessions[i] = (int)set->boots[i].session_id;
	for (size_t k = 0; k < w->today.cells; k++) {
		const struct cell *cell = &c->cells[w->cells[k]];
		const struct point_series *s =
			point_series_find(set, c->scenarios[cell->scenario].name,
				c->modes[cell->mode], c->metrics[cell->metric].name);

		for (size_t i = 0; s && i < s->count; i++)
			w->before.values[s->points[i].boot * w->today.cells + k] =
				s->points[i].log_value;
	}
}

static int take_controls(struct work *w, struct db *db, struct point_set *set, struct err *err)
{
	struct point_series *s =
		point_series_find(set, CONTROL_SCENARIO, CONTROL_MODE, CONTROL_SCENARIO);
	auto_free size_t *all = MEM_NEW(size_t, set->boot_count + 1);
	int r;

	for (size_t i = 0; i < set->boot_count; i++)
		all[i] = i;
	r = s ? points_of(db, set, s, all, set->boot_count, err) : 0;
	for (size_t i = 0; s && i < s->count && r == 0; i++)
		add_control(&w->history, s->points[i].log_value,
			set->boots[s->points[i].boot].session_id);
	sort_by_session(&w->history);
	return r;
}

/*
 * What the machine did before: of the base kernel all cells, of the control the
 * boots of all kernels. A host that was released from quarantine begins anew:
 * what its owner has put right, or has accepted, is not held against it again.
 */
static int read_before(struct work *w, struct db *db, struct err *err)
{
	struct point_wish wish = {.branch = "",
		.commit_id = w->c->base.commit_id,
		.before_unix_ms = INT64_MAX,
		.not_comparison = w->c->id};
	struct point_set set = {0}, all = {0};
	int epochs = comparison_epochs(db, w->c->id, &wish.epoch_id, err);
	int r = epochs < 0 ? epochs
			   : host_released_at(db, w->c->host_id, &wish.from_unix_ms, err);

	if (r == 0 && epochs)
		r = points_load(db, &wish, &set, err);
	wish.branch = NULL;
	wish.commit_id = 0;
	wish.newest_kernels = w->judging->history_kernels;
	if (r == 0 && epochs)
		r = points_frame(db, &wish, &all, err);
	if (r == 0)
		r = take_controls(w, db, &all, err);
	if (r == 0)
		take_before(w, &set);
	point_set_clear(&set);
	point_set_clear(&all);
	return r;
}

/* The mean of a cell over the boots that have it; false when none has. */
static bool cell_mean(const struct grid *grid, size_t cell, double *ret)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < grid->boots; i++) {
		if (isnan(grid->values[i * grid->cells + cell]))
			continue;
		sum += grid->values[i * grid->cells + cell];
		n++;
	}
	if (n)
		*ret = sum / (double)n;
	return n > 0;
}

/*
 * A boot's distance from the centres, averaged over its cells, in one number a
 * boot: what the cells of a machine that moved have in common. Boots without
 * any cell are left out. Returns the number of boots.
 */
static size_t scores(const struct grid *grid, const double *centres, double *ret, int *sessions)
{
	size_t count = 0;

	for (size_t i = 0; i < grid->boots; i++) {
		double sum = 0;
		size_t n = 0;

		for (size_t k = 0; k < grid->cells; k++) {
			double value = grid->values[i * grid->cells + k];

			if (isnan(value) || isnan(centres[k]))
				continue;
			sum += value - centres[k];
			n++;
		}
		if (!n)
			continue;
		ret[count] = sum / (double)n;
		sessions[count++] = grid->sessions[i];
	}
	return count;
}

static struct hostcheck_moved check_baseline(const struct work *w)
{
	size_t cells = w->today.cells;
	auto_free double *centres = MEM_NEW(double, cells + 1);
	auto_free double *before = MEM_NEW(double, w->before.boots + 1);
	auto_free double *today = MEM_NEW(double, w->today.boots + 1);
	auto_free int *sessions = MEM_NEW(int, w->before.boots + 1);
	auto_free int *unused = MEM_NEW(int, w->today.boots + 1);
	struct hostcheck_series series;

	for (size_t k = 0; k < cells; k++)
		if (!cell_mean(&w->before, k, &centres[k]))
			centres[k] = NAN;
	series = (struct hostcheck_series){.history = before,
		.sessions = sessions,
		.history_count = scores(&w->before, centres, before, sessions),
		.today = today,
		.today_count = scores(&w->today, centres, today, unused)};
	return hostcheck_moved(w->judging, &series);
}

/* Of today the base kernel's boots only: the new kernel may differ for a reason. */
static struct hostcheck_series control_series(const struct work *w)
{
	return (struct hostcheck_series){.history = w->history.values,
		.sessions = w->history.sessions,
		.history_count = w->history.count,
		.today = w->base.values,
		.today_count = w->base.count};
}

/* The largest drift within one lab session; one that is more than noise before others. */
static struct hostcheck_moved check_drift(const struct work *w)
{
	size_t cells = w->today.cells, count, from, to;
	auto_free double *centres = MEM_NEW(double, cells + 1);
	auto_free double *values = MEM_NEW(double, w->today.boots + 1);
	auto_free int *sessions = MEM_NEW(int, w->today.boots + 1);
	struct hostcheck_moved worst = {.p = 1};

	for (size_t k = 0; k < cells; k++)
		if (!cell_mean(&w->today, k, &centres[k]))
			centres[k] = NAN;
	count = scores(&w->today, centres, values, sessions);
	for (from = 0; from < count; from = to) {
		struct hostcheck_moved d;

		for (to = from + 1; to < count && sessions[to] == sessions[from];)
			to++;
		d = hostcheck_drift(w->judging, values + from, to - from);
		if (d.judged && (!worst.judged || d.moved > worst.moved ||
					(d.moved == worst.moved && fabs(d.d) > fabs(worst.d))))
			worst = d;
	}
	return worst;
}

/* The base kernel cell by cell against its history. */
static enum hostcheck_verdict decide(const struct work *w,
	const struct hostcheck_moved *control, const struct hostcheck_moved *baseline)
{
	auto_free struct judgement *cells = MEM_NEW(struct judgement, w->today.cells + 1);

	for (size_t k = 0; k < w->today.cells; k++) {
		const struct cell *cell = &w->c->cells[w->cells[k]];
		double today, before;

		cells[k].why = UNJUDGED_NO_BASE;
		if (!cell_mean(&w->today, k, &today) || !cell_mean(&w->before, k, &before))
			continue;
		cells[k].why = UNJUDGED_NOT;
		cells[k].d = today - before;
		cells[k].delta = cells_delta(w->judging, before,
			judging_minimum_abs(w->judging, w->c->metrics[cell->metric].unit));
	}
	return hostcheck_session(
		control, baseline, w->c->same_image ? w->c->flagged : 0, cells, w->today.cells);
}

static double told(const struct hostcheck_moved *moved)
{
	return moved->judged ? moved->d : NAN;
}

static struct check_row answer(const struct work *w)
{
	struct hostcheck_series series = control_series(w);
	struct hostcheck_moved control = hostcheck_moved(w->judging, &series);
	struct hostcheck_moved baseline = check_baseline(w), drift = check_drift(w);
	struct hostcheck_moved between =
		hostcheck_between(w->judging, &series, w->fresh.values, w->fresh.count);

	return (struct check_row){
		.verdict = hostcheck_name(decide(w, &control, &baseline)),
		.aa = w->c->same_image,
		.flagged = (int64_t)w->c->flagged,
		.control = told(&control),
		.baseline = told(&baseline),
		.drift = told(&drift),
		.drift_moved = drift.moved,
		.between = told(&between),
		.between_half = between.judged ? between.half_width : NAN,
		.between_moved = between.moved,
	};
}

static double change_of(double log_change, bool *ret_has)
{
	*ret_has = !isnan(log_change);
	return *ret_has ? expm1(log_change) : 0;
}

static void read_row(const struct check_row *row, struct trust_check *ret)
{
	enum hostcheck_verdict verdict = hostcheck_from_name(row->verdict);

	*ret = (struct trust_check){
		.quarantine = verdict != HOSTCHECK_STEADY,
		.reason = hostcheck_phrase(verdict),
		.aa = row->aa,
		.flagged = (size_t)row->flagged,
		.drift_moved = row->drift_moved,
		.between_moved = row->between_moved,
	};
	ret->control = change_of(row->control, &ret->has_control);
	ret->baseline = change_of(row->baseline, &ret->has_baseline);
	ret->drift = change_of(row->drift, &ret->has_drift);
	ret->between = change_of(row->between, &ret->has_between);
	ret->between_half = change_of(row->between_half, &ret->has_between);
}

int trust_check(struct db *db, const struct comparison *judged, int64_t now_unix_ms,
	struct trust_check *ret, struct err *err)
{
	const struct judging judging = judging_defaults();
	struct work w = {.judging = &judging, .c = judged};
	struct check_row row;
	int r;

	read_today(&w);
	read_controls(&w);
	r = read_before(&w, db, err);
	if (r == 0) {
		row = answer(&w);
		read_row(&row, ret);
		r = check_store(db, judged->id, &row, now_unix_ms, err);
	}
	work_clear(&w);
	return r;
}

int trust_find(struct db *db, int64_t comparison_id, struct trust_check *ret, struct err *err)
{
	struct check_row row;
	int r = check_load(db, comparison_id, &row, err);

	if (r > 0)
		read_row(&row, ret);
	return r;
}

int trust_record(struct db *db, int64_t host_id, struct trust_record *ret, struct err *err)
{
	struct trust_record record = {0};
	int r = checks_count_aa(db, host_id, INT64_MAX, &record.runs, &record.alerts, err);

	if (r < 0)
		return r;
	record.limit = hostcheck_rate_limit(record.alerts, record.runs);
	*ret = record;
	return 0;
}

char *trust_sentence(const struct trust_record *record)
{
	if (!record->runs)
		return mem_strdup("A/A: no runs yet");
	return mem_printf("A/A: %d %s of %d (below %.1f %% at 95 %%)", record->alerts,
		record->alerts == 1 ? "alert" : "alerts", record->runs, 100 * record->limit);
}
