/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/trend.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/judging.h"
#include "rules/trend.h"
#include "store/series.h"
#include "store/spans.h"

enum { KERNELS = 500 };

/* One epoch on its way: its history, and the commits of its kernels in their order. */
struct work {
	struct point_set set;
	int64_t *commits; /* by place */
	size_t commit_count;
	size_t *places;		  /* by boot of the set */
	struct trend_cell *cells; /* of the judged series */
	size_t cell_count;
	double *values;	  /* what the cells point into */
	int64_t *kernels; /* ... */
	struct trend_span *covered;
	size_t covered_count;
};

static void work_clear(struct work *w)
{
	point_set_clear(&w->set);
	free(w->commits);
	free(w->places);
	free(w->cells);
	free(w->values);
	free(w->kernels);
	free(w->covered);
}

/* Boots are in the order of their commits. */
static void place_commits(struct work *w)
{
	w->commits = MEM_NEW(int64_t, w->set.boot_count + 1);
	w->places = MEM_NEW(size_t, w->set.boot_count + 1);
	for (size_t i = 0; i < w->set.boot_count; i++) {
		int64_t commit = w->set.boots[i].commit_id;

		if (!w->commit_count || w->commits[w->commit_count - 1] != commit)
			w->commits[w->commit_count++] = commit;
		w->places[i] = w->commit_count - 1;
	}
}

/* A kernel's value: the mean over its lab sessions of the session's mean. */
static size_t fold_kernels(
	const struct work *w, const struct point_series *s, double *values, int64_t *kernels)
{
	const struct point_boot *boots = w->set.boots;
	size_t count = 0;

	for (size_t i = 0; i < s->count;) {
		size_t place = w->places[s->points[i].boot];
		double sum = 0;
		size_t sessions = 0;

		while (i < s->count && w->places[s->points[i].boot] == place) {
			int64_t session = boots[s->points[i].boot].session_id;
			double of_session = 0;
			size_t n = 0;

			for (; i < s->count && w->places[s->points[i].boot] == place &&
				boots[s->points[i].boot].session_id == session;
				i++, n++)
				of_session += s->points[i].log_value;
			sum += of_session / (double)n;
			sessions++;
		}
		values[count] = sum / (double)sessions;
		kernels[count++] = (int64_t)place;
	}
	return count;
}

static void fill_cells(struct work *w)
{
	size_t points = 0, at = 0;

	for (size_t i = 0; i < w->set.series_count; i++)
		points += w->set.series[i].count;
	w->values = MEM_NEW(double, points + 1);
	w->kernels = MEM_NEW(int64_t, points + 1);
	w->cells = MEM_NEW(struct trend_cell, w->set.series_count + 1);
	for (size_t i = 0; i < w->set.series_count; i++) {
		const struct point_series *s = &w->set.series[i];
		size_t count;

		if (!s->judged)
			continue;
		count = fold_kernels(w, s, w->values + at, w->kernels + at);
		w->cells[w->cell_count++] = (struct trend_cell){
			.values = w->values + at,
			.kernels = w->kernels + at,
			.count = count,
			.covered = w->covered,
			.covered_count = w->covered_count,
		};
		at += count;
	}
}

/* The place of a commit; false for one that is not in the history. */
static bool find_place(const struct work *w, int64_t commit, int64_t *ret)
{
	for (size_t i = 0; i < w->commit_count; i++) {
		if (w->commits[i] != commit)
			continue;
		*ret = (int64_t)i;
		return true;
	}
	return false;
}

/* A comparison covers what lies between its kernels, the new one included. */
static int load_covered(
	struct work *w, struct db *db, const char *branch, int64_t host, struct err *err)
{
	auto_free struct commit_span *spans = NULL;
	size_t count = 0;
	int r = spans_load(db, branch, host, &spans, &count, err);

	if (r < 0)
		return r;
	w->covered = MEM_NEW(struct trend_span, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct trend_span span;

		if (find_place(w, spans[i].base_commit, &span.first) &&
			find_place(w, spans[i].new_commit, &span.last) &&
			span.first++ < span.last)
			w->covered[w->covered_count++] = span;
	}
	return 0;
}

static void add_wishes(const struct work *w, const struct trend *trend,
	struct trend_wish **wishes, size_t *count)
{
	for (size_t i = 0; i < trend->confirm_count; i++) {
		const struct trend_confirm *c = &trend->confirms[i];

		*wishes = mem_grow(*wishes, *count + 1, sizeof(**wishes));
		(*wishes)[(*count)++] = (struct trend_wish){
			w->commits[c->before], w->commits[c->after], c->points, c->p};
	}
}

static int look_at_epoch(struct db *db, const char *branch, int64_t host, int64_t epoch,
	struct trend_wish **wishes, size_t *count, struct err *err)
{
	const struct judging judging = judging_defaults();
	const struct point_wish wish = {.epoch_id = epoch,
		.branch = branch,
		.before_unix_ms = INT64_MAX,
		.newest_kernels = KERNELS};
	struct trend trend = {0};
	struct work w = {0};
	int r = points_load(db, &wish, &w.set, err);

	if (r == 0) {
		place_commits(&w);
		r = load_covered(&w, db, branch, host, err);
	}
	if (r == 0) {
		fill_cells(&w);
		r = trend_judge(w.cells, w.cell_count, judging.fdr, &trend, err);
	}
	if (r == 0)
		add_wishes(&w, &trend, wishes, count);
	trend_clear(&trend);
	work_clear(&w);
	return r < 0 ? err_note(err, "history of branch %s", branch) : 0;
}

static int by_certainty(const void *a, const void *b)
{
	const struct trend_wish *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return x->new_commit < y->new_commit ? 1 : x->new_commit > y->new_commit ? -1 : 0;
}

int trend_pending(struct db *db, const char *branch, int64_t host_id, int64_t plan_id,
	struct trend_wish **ret, size_t *ret_count, struct err *err)
{
	auto_free int64_t *epochs = NULL;
	auto_free struct trend_wish *wishes = NULL;
	size_t epoch_count = 0, count = 0;
	int r = epochs_newest(db, branch, host_id, plan_id, &epochs, &epoch_count, err);

	for (size_t i = 0; i < epoch_count && r == 0; i++)
		r = look_at_epoch(db, branch, host_id, epochs[i], &wishes, &count, err);
	if (r < 0)
		return r;
	if (count)
		qsort(wishes, count, sizeof(*wishes), by_certainty);
	*ret = take_ptr(wishes);
	*ret_count = count;
	return 0;
}
