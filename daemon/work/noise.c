/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/noise.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config/plans.h"
#include "model/judging.h"
#include "model/raw.h"
#include "rules/measures.h"
#include "rules/noise.h"
#include "store/comparisons.h"
#include "store/series.h"
#include "string/strv.h"

/* The processes of the cells, boot by boot, as far as a boot has all of its own. */
struct gathering {
	size_t per_boot;
	struct gathered {
		double *logs;
		size_t count; /* of whole boots, and the boot that is being gathered */
		size_t boot;  /* the one that is being gathered */
	} * cells;
};

static size_t whole(const struct gathering *g, const struct gathered *cell)
{
	return cell->count / g->per_boot;
}

static void gather(size_t index, size_t boot, double log_value, void *data)
{
	struct gathering *g = data;
	struct gathered *cell = &g->cells[index];

	if (boot != cell->boot)
		cell->count -= cell->count % g->per_boot; /* the last boot lacked some */
	else if (cell->count && cell->count % g->per_boot == 0)
		return; /* it has more than the plan wants */
	cell->boot = boot;
	cell->logs = mem_grow(cell->logs, cell->count + 1, sizeof(double));
	cell->logs[cell->count++] = log_value;
}

/* The boot values of one series that are this kernel's. */
struct values {
	double *logs, mean;
	int *sessions;
	size_t count;
};

static struct values values_of(
	const struct point_set *set, const struct point_series *series, int64_t commit_id)
{
	size_t room = series ? series->count : 0;
	struct values v = {
		.logs = MEM_NEW(double, room + 1), .sessions = MEM_NEW(int, room + 1)};

	for (size_t i = 0; i < room; i++) {
		const struct point_boot *boot = &set->boots[series->points[i].boot];

		if (boot->commit_id != commit_id)
			continue;
		v.logs[v.count] = series->points[i].log_value;
		v.sessions[v.count++] = (int)boot->session_id;
		v.mean += series->points[i].log_value;
	}
	v.mean /= v.count ? (double)v.count : 1;
	return v;
}

static size_t sessions_in(const struct values *v)
{
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++)
		count += i == 0 || v->sessions[i] != v->sessions[i - 1];
	return count;
}

static size_t family_of(const struct comparison *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		count += c->metrics[c->cells[i].metric].judged;
	return count;
}

static void fill(const struct comparison *c, const struct point_set *set,
	const struct gathering *g, struct noise *noise)
{
	const struct judging judging = judging_defaults();
	size_t family = family_of(c);

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct comparison_metric *metric = &c->metrics[cell->metric];
		struct values v = values_of(set,
			point_series_find(set, c->scenarios[cell->scenario].name,
				c->modes[cell->mode], metric->name),
			c->base.commit_id);
		const struct noise_sample sample = {
			.processes = g->cells[i].logs,
			.per_boot = g->per_boot,
			.process_boots = whole(g, &g->cells[i]),
			.boots = v.logs,
			.sessions = v.sessions,
			.boot_count = v.count,
			.mean = v.mean,
			.minimum_abs = judging_minimum_abs(&judging, metric->unit),
			.resolution = judging_resolution(metric->unit),
		};

		noise->cells[i] = noise_of(&judging, &sample, family);
		noise->cells[i].cell = i;
		noise->cells[i].judged = metric->judged;
		if (v.count > noise->boots) {
			noise->boots = v.count;
			noise->sessions = sessions_in(&v);
		}
		free(v.logs);
		free(v.sessions);
	}
	noise_sum_up(c, noise);
}

static int gather_processes(
	struct db *db, const struct comparison *c, struct gathering *g, struct err *err)
{
	struct comparison subject = {0};
	auto_free char *plan_text = NULL;
	struct raw_set raw = {0};
	struct plan plan = {0};
	int r = comparison_load(db, c->id, &subject, &plan_text, err);

	if (r == 0)
		r = plan_parse(subject.plan, plan_text, &plan, err);
	if (r == 0)
		r = comparison_values(db, c->id, &raw, err);
	if (r == 0) {
		g->per_boot = (size_t)plan.processes;
		measures_processes(c, &plan, &raw, gather, g);
	}
	raw_set_clear(&raw);
	plan_clear(&plan);
	comparison_clear(&subject);
	return r;
}

int noise_load(struct db *db, const struct comparison *c, struct noise *ret, struct err *err)
{
	struct gathering g = {.cells = MEM_NEW(struct gathered, c->cell_count + 1)};
	struct point_wish wish = {
		.branch = "", .commit_id = c->base.commit_id, .before_unix_ms = INT64_MAX};
	struct point_set set = {0};
	int r = gather_processes(db, c, &g, err);

	if (r == 0)
		r = comparison_epochs(db, c->id, &wish.epoch_id, err);
	if (r >= 0)
		r = points_load(db, &wish, &set, err);
	if (r == 0) {
		*ret = (struct noise){
			.cells = MEM_NEW(struct noise_cell, c->cell_count + 1),
			.cell_count = c->cell_count,
			.processes = g.per_boot,
		};
		fill(c, &set, &g, ret);
	}
	point_set_clear(&set);
	for (size_t i = 0; i < c->cell_count; i++)
		free(g.cells[i].logs);
	free(g.cells);
	return r;
}
