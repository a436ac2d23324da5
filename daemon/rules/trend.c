/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/trend.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/family.h"
#include "stats/shift.h"

void trend_clear(struct trend *trend)
{
	if (!trend)
		return;
	free(trend->points);
	free(trend->confirms);
	*trend = (struct trend){0};
}

static bool overlap(struct trend_span a, struct trend_span b)
{
	return a.first <= b.last && b.first <= a.last;
}

static bool is_covered(const struct trend_cell *cell, struct trend_span span)
{
	for (size_t i = 0; i < cell->covered_count; i++)
		if (overlap(span, cell->covered[i]))
			return true;
	return false;
}

static int check_kernels(const struct trend_cell *cell, struct err *err)
{
	for (size_t i = 1; i < cell->count; i++)
		if (cell->kernels[i] <= cell->kernels[i - 1])
			return err_set(err, -EINVAL,
				"kernel %lld follows kernel %lld, expected rising places",
				(long long)cell->kernels[i], (long long)cell->kernels[i - 1]);
	return 0;
}

/* Kernels that were not measured for this cell but lie inside of the range belong to it. */
static struct trend_point point_of(
	const struct trend_cell *cell, const struct shift_list *list, size_t i, size_t reach)
{
	const struct shift_point *point = &list->points[i];
	size_t low = i ? list->points[i - 1].index : 0;
	size_t high = i + 1 < list->count ? list->points[i + 1].index : cell->count;
	size_t first, last;

	shift_range(cell->values, low, point->index, high, reach, &first, &last);
	/* a range keeps its distance from the neighbouring points, so both kernels exist */
	return (struct trend_point){
		.kernel = cell->kernels[point->index],
		.span = {cell->kernels[first - 1] + 1, cell->kernels[last]},
		.before = cell->kernels[first - 1],
		.after = cell->kernels[last + 1],
		.change = point->change,
		.p = point->p,
	};
}

/*
 * The newest point that nothing covers; p = 1 when there is none. A new kernel
 * can change the answer within one window only, so a point further back was
 * judged long ago: it must not come up when all newer ones are covered.
 */
static int newest_point(const struct trend_cell *cell, struct trend_point *ret, struct err *err)
{
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	struct shift_list list;
	int r = check_kernels(cell, err);

	if (r == 0)
		r = shift_find(&rules, cell->values, cell->count, &list, err);
	if (r < 0)
		return r;
	*ret = (struct trend_point){.p = 1};
	for (size_t i = list.count;
		i-- > 0 && list.points[i].index + rules.window >= cell->count;) {
		struct trend_point point = point_of(cell, &list, i, rules.window);

		if (is_covered(cell, point.span))
			continue;
		*ret = point;
		break;
	}
	shift_list_clear(&list);
	return 0;
}

static int compare_point(const void *a, const void *b)
{
	const struct trend_point *x = a, *y = b;

	if (x->span.first != y->span.first)
		return x->span.first < y->span.first ? -1 : 1;
	return x->cell < y->cell ? -1 : x->cell > y->cell;
}

/* Points are sorted by the start of their span, so one pass joins what overlaps. */
static void group(struct trend *trend)
{
	struct trend_confirm *confirm = NULL;

	for (size_t i = 0; i < trend->point_count; i++) {
		const struct trend_point *point = &trend->points[i];

		if (!confirm || !overlap(confirm->span, point->span)) {
			confirm = &trend->confirms[trend->confirm_count++];
			*confirm = (struct trend_confirm){
				point->before, point->after, point->span, 1, point->p_adjusted};
			continue;
		}
		confirm->points++;
		confirm->p = fmin(confirm->p, point->p_adjusted);
		if (point->before < confirm->before)
			confirm->before = point->before;
		if (point->after > confirm->after)
			confirm->after = point->after;
		if (point->span.last > confirm->span.last)
			confirm->span.last = point->span.last;
	}
}

int trend_judge(const struct trend_cell *cells, size_t count, double q, struct trend *ret,
	struct err *err)
{
	auto_free struct trend_point *points = MEM_NEW(struct trend_point, count + 1);
	auto_free double *p = MEM_NEW(double, count + 1);
	struct trend trend = {0};

	for (size_t i = 0; i < count; i++) {
		int r = newest_point(&cells[i], &points[i], err);

		if (r < 0)
			return err_note(err, "cell %zu", i);
		points[i].cell = i;
		p[i] = points[i].p;
	}
	family_adjust(p, count, false, p);
	for (size_t i = 0; i < count; i++) {
		points[i].p_adjusted = p[i];
		if (points[i].p < 1 && p[i] <= q)
			points[trend.point_count++] = points[i];
	}
	qsort(points, trend.point_count, sizeof(*points), compare_point);
	trend.points = take_ptr(points);
	trend.confirms = MEM_NEW(struct trend_confirm, count + 1);
	group(&trend);
	*ret = trend;
	return 0;
}
