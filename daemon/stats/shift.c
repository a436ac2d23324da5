/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats/shift.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/calibrate.h"
#include "math/divergence.h"
#include "math/special.h"

#define NATIVE_SEGMENT 3
/* What splits nearly as well as the best, as a share of its divergence. */
#define RANGE_Q 0.9
/* A change from next to nothing is still a number. */
#define CHANGE_MAX 1e300

/* Count, mean and sum of squared deviations of a segment. */
struct moments {
	double count, mean, squares;
};

/* A piece of a window and where it splits best. */
struct interval {
	size_t first, end, split;
	double q;
	bool splits; /* long enough */
};

struct candidate {
	size_t index;
	struct moments right; /* from here to the next; the left is that of the one before */
	size_t before, after; /* neighbours in the list; 0 and the last slot are its ends */
	double change;	      /* what is compared with the minimum: |log ratio|, or magnitude */
	double p;
};

struct shift_rules shift_defaults(enum shift_mode mode)
{
	if (mode == SHIFT_COMPAT)
		return (struct shift_rules){mode, 50, 0.001, 0};
	return (struct shift_rules){mode, 50, 0.01, 0.02};
}

void shift_list_clear(struct shift_list *list)
{
	if (!list)
		return;
	free(list->points);
	*list = (struct shift_list){NULL, 0};
}

static size_t least_segment(const struct shift_rules *rules)
{
	return rules->mode == SHIFT_NATIVE ? NATIVE_SEGMENT : 1;
}

int shift_check(const struct shift_rules *rules, struct err *err)
{
	bool native = rules->mode == SHIFT_NATIVE;
	size_t low = native ? CALIBRATE_POINTS_MIN : 2;
	size_t high = native ? CALIBRATE_POINTS_MAX : SHIFT_WINDOW_MAX;

	if (rules->window < low || rules->window > high)
		return err_set(err, -EINVAL,
			"a window of %zu points, expected %zu to %zu in %s mode", rules->window,
			low, high, native ? "native" : "compat");
	if (!(rules->p_max >= 0 && rules->p_max <= 1))
		return err_set(
			err, -EINVAL, "a largest p-value of %g, expected 0 to 1", rules->p_max);
	if (!(rules->change_min >= 0 && isfinite(rules->change_min)))
		return err_set(err, -EINVAL, "a smallest change of %g, expected 0 or more",
			rules->change_min);
	return 0;
}

static int check(
	const struct shift_rules *rules, const double *values, size_t count, struct err *err)
{
	int r = shift_check(rules, err);

	for (size_t i = 0; r == 0 && i < count; i++)
		if (!isfinite(values[i]))
			r = err_set(err, -EINVAL,
				"value %zu of the series is %g, expected a finite number", i,
				values[i]);
	return r;
}

/*
 * The values times a power of two that brings the largest just below 1, so
 * that no square or sum overflows or vanishes. Exact, and no rule depends on
 * the unit. The caller frees.
 */
static double *scaled(const double *values, size_t count, int *ret_exponent)
{
	double *x = MEM_NEW(double, count + 1);
	double largest = 0;

	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs(values[i]));
	frexp(largest, ret_exponent);
	for (size_t i = 0; i < count; i++)
		x[i] = ldexp(values[i], -*ret_exponent);
	return x;
}

/* Deviations from the first value, so that equal values have mean and variance to the bit. */
static struct moments moments_of(const double *x, size_t count)
{
	double sum = 0, squares = 0, mean;

	for (size_t i = 0; i < count; i++)
		sum += x[i] - x[0];
	mean = sum / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += (x[i] - x[0] - mean) * (x[i] - x[0] - mean);
	return (struct moments){(double)count, x[0] + mean, squares};
}

/* Chan, Golub and LeVeque, "Updating formulae ... for sample variances", 1979 */
static struct moments moments_joined(const struct moments *a, const struct moments *b)
{
	double count = a->count + b->count, apart = b->mean - a->mean;

	return (struct moments){count, a->mean + apart * b->count / count,
		a->squares + b->squares + apart * apart * a->count * b->count / count};
}

/* Two-sided p of the pooled t-test, calibrated for a split of `points` values in native mode.
 */
static double test_split(const struct shift_rules *rules, const struct moments *left,
	const struct moments *right, size_t points)
{
	double n = left->count, m = right->count, df = n + m - 2;
	double apart = fabs(right->mean - left->mean), variance, p;

	if (rules->mode == SHIFT_NATIVE)
		variance = (left->squares + right->squares) / df;
	else
		variance = ((n - 1) * left->squares / n + (m - 1) * right->squares / m) / df;
	if (df <= 0)
		p = 1;
	else if (variance <= 0)
		p = apart > 0 ? 0 : 1;
	else
		p = fmin(1, 2 * special_t_tail(apart / sqrt(variance * (1 / n + 1 / m)), df));
	return rules->mode == SHIFT_NATIVE ? calibrate_split(points, p) : p;
}

static double weak_p(const struct shift_rules *rules)
{
	if (rules->mode == SHIFT_NATIVE || rules->p_max < 0.05)
		return 10 * rules->p_max;
	return rules->p_max < 0.5 ? 2 * rules->p_max : rules->p_max;
}

static bool split_is_credible(
	const struct shift_rules *rules, const double *x, const struct interval *at)
{
	struct moments left = moments_of(x + at->first, at->split - at->first);
	struct moments right = moments_of(x + at->split, at->end - at->split);

	return test_split(rules, &left, &right, at->end - at->first) <= weak_p(rules);
}

static int compare_index(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;

	return i < j ? -1 : i > j;
}

static struct interval interval_of(
	const double *x, size_t first, size_t end, size_t segment, double *work)
{
	struct interval interval = {first, end, 0, 0, false};

	interval.splits = divergence_split(
		x + first, end - first, segment, work, &interval.split, &interval.q);
	interval.split += first;
	return interval;
}

/* The one that splits best, of equal ones the leftmost; NULL when none is long enough. */
static struct interval *best_interval(struct interval *intervals, size_t count)
{
	struct interval *best = NULL;

	for (struct interval *i = intervals; i < intervals + count; i++) {
		if (!i->splits)
			continue;
		if (!best || divergence_is_larger(i->q, best->q) ||
			(i->first < best->first && !divergence_is_larger(best->q, i->q)))
			best = i;
	}
	return best;
}

/*
 * Splits the window [start, end) until its best split is not credible.
 * intervals has room for a window's points, work is scratch. Returns how many
 * indexes were written to found, sorted.
 */
static size_t split_window(const struct shift_rules *rules, const double *x, size_t start,
	size_t end, struct interval *intervals, double *work, size_t *found)
{
	size_t segment = least_segment(rules), count = 1;
	struct interval *best;

	intervals[0] = interval_of(x, start, end, segment, work);
	while ((best = best_interval(intervals, count)) && split_is_credible(rules, x, best)) {
		size_t split = best->split;

		found[count - 1] = split;
		intervals[count++] = interval_of(x, split, best->end, segment, work);
		*best = interval_of(x, best->first, split, segment, work);
	}
	qsort(found, count - 1, sizeof(*found), compare_index);
	return count - 1;
}

/* The candidates of all windows; points never repeat, as a window starts no earlier than one.
 */
static size_t split_all(
	const struct shift_rules *rules, const double *x, size_t count, size_t *found)
{
	size_t window = rules->window < count ? rules->window : count;
	auto_free struct interval *intervals = MEM_NEW(struct interval, window + 1);
	auto_free double *work = MEM_NEW(double, DIVERGENCE_WORK(window));
	size_t start = 0, total = 0;

	while (start < count) {
		size_t end = count - start < window ? count : start + window;
		size_t got = split_window(rules, x, start, end, intervals, work, found + total);

		start += rules->window / 2;
		total += got;
		if (got && found[total - 1] > start)
			start = found[total - 1];
	}
	return total;
}

/* Native: |log ratio|. Compat: the larger of the relative changes there and back. */
static double change_of(const struct shift_rules *rules, const struct moments *left,
	const struct moments *right)
{
	double there = 0, back = 0;

	if (rules->mode == SHIFT_NATIVE)
		return fabs(right->mean - left->mean);
	if (left->mean != 0)
		there = fabs(right->mean / left->mean - 1);
	if (right->mean != 0)
		back = fabs(left->mean / right->mean - 1);
	return fmax(there, back);
}

static void candidate_judge(
	const struct shift_rules *rules, struct candidate *list, size_t slot)
{
	struct candidate *c = &list[slot];
	const struct moments *left = &list[c->before].right, *right = &c->right;
	double points = left->count + right->count, least = (double)least_segment(rules);

	c->change = change_of(rules, left, right);
	c->p = 1;
	if (left->count >= least && right->count >= least)
		c->p = test_split(
			rules, left, right, (size_t)fmin(points, (double)rules->window));
}

/* Compat takes the first of equal p, native the one of the smaller change. */
static bool has_larger_p(
	const struct shift_rules *rules, const struct candidate *a, const struct candidate *b)
{
	if (a->p != b->p || rules->mode == SHIFT_COMPAT)
		return a->p > b->p;
	return a->change < b->change;
}

/* The next to delete: the largest p, or when all are accepted, the smallest change; 0: none. */
static size_t weakest(
	const struct shift_rules *rules, const struct candidate *list, size_t last)
{
	bool native = rules->mode == SHIFT_NATIVE;
	size_t found = list[0].after, small = found;
	double change;

	if (found == last)
		return 0;
	for (size_t i = list[found].after; i != last; i = list[i].after) {
		if (has_larger_p(rules, &list[i], &list[found]))
			found = i;
		if (list[i].change < list[small].change)
			small = i;
	}
	if (native ? list[found].p > rules->p_max : list[found].p >= rules->p_max)
		return found;
	change = list[small].change;
	return (native ? change >= rules->change_min : change > rules->change_min) ? 0 : small;
}

/*
 * Slot 0 is the start of the series, slot count + 1 its end, and between them
 * a linked list of the candidates. Deletes the weakest until all are strong.
 */
static void merge(const struct shift_rules *rules, struct candidate *list, size_t last)
{
	size_t w;

	for (size_t i = 1; i < last; i++)
		candidate_judge(rules, list, i);
	while ((w = weakest(rules, list, last)) != 0) {
		size_t before = list[w].before, after = list[w].after;

		list[before].right = moments_joined(&list[before].right, &list[w].right);
		list[before].after = after;
		list[after].before = before;
		if (after != last)
			candidate_judge(rules, list, after);
		if (rules->mode == SHIFT_NATIVE && before != 0)
			candidate_judge(rules, list, before);
		/* Otava refreshes the second to the right in place of the left neighbour */
		if (rules->mode == SHIFT_COMPAT && after != last && list[after].after != last)
			candidate_judge(rules, list, list[after].after);
	}
}

static struct candidate *candidates_of(
	const double *x, size_t count, const size_t *found, size_t total)
{
	struct candidate *list = MEM_NEW(struct candidate, total + 2);

	for (size_t i = 0; i <= total + 1; i++) {
		size_t first = i == 0 ? 0 : i <= total ? found[i - 1] : count;
		size_t end = i < total ? found[i] : count;

		list[i].index = first;
		list[i].before = i ? i - 1 : 0;
		list[i].after = i + 1;
		if (first < end)
			list[i].right = moments_of(x + first, end - first);
	}
	return list;
}

static struct shift_point point_of(const struct shift_rules *rules,
	const struct candidate *left, const struct candidate *c, int exponent)
{
	double before = left->right.mean, after = c->right.mean;
	double change = before != 0 ? after / before - 1 : 0;

	if (rules->mode == SHIFT_NATIVE)
		change = expm1(ldexp(after - before, exponent));
	return (struct shift_point){c->index, ldexp(before, exponent), ldexp(after, exponent),
		fmax(-CHANGE_MAX, fmin(change, CHANGE_MAX)), c->p};
}

int shift_candidates(const struct shift_rules *rules, const double *values, size_t count,
	size_t *ret, size_t *ret_count, struct err *err)
{
	auto_free double *x = NULL;
	int exponent, r = check(rules, values, count, err);

	if (r < 0)
		return r;
	x = scaled(values, count, &exponent);
	*ret_count = split_all(rules, x, count, ret);
	return 0;
}

int shift_find(const struct shift_rules *rules, const double *values, size_t count,
	struct shift_list *ret, struct err *err)
{
	struct shift_rules inner = *rules; /* change_min in the unit of candidate.change */
	auto_free double *x = NULL;
	auto_free size_t *found = NULL;
	auto_free struct candidate *list = NULL;
	struct shift_list kept = {NULL, 0};
	int exponent, r = check(rules, values, count, err);
	size_t total;

	if (r < 0)
		return r;
	x = scaled(values, count, &exponent);
	found = MEM_NEW(size_t, count + 1);
	total = split_all(rules, x, count, found);
	list = candidates_of(x, count, found, total);
	if (rules->mode == SHIFT_NATIVE)
		inner.change_min = ldexp(log1p(rules->change_min), -exponent);
	merge(&inner, list, total + 1);
	kept.points = MEM_NEW(struct shift_point, total + 1);
	for (size_t i = list[0].after; i != total + 1; i = list[i].after)
		kept.points[kept.count++] =
			point_of(rules, &list[list[i].before], &list[i], exponent);
	*ret = kept;
	return 0;
}

void shift_range(const double *values, size_t low, size_t index, size_t high, size_t reach,
	size_t *ret_first, size_t *ret_last)
{
	size_t start = index - low > reach ? index - reach : low;
	size_t end = high - index > reach ? index + reach : high;
	size_t count = end - start, first = index - start, last = first;
	auto_free double *work = MEM_NEW(double, DIVERGENCE_WORK(count));
	auto_free double *best = MEM_NEW(double, count + 1);
	auto_free double *x = NULL;
	double least;
	int exponent;

	x = scaled(values + start, count, &exponent);
	divergence_profile(x, count, NATIVE_SEGMENT, work, best);
	least = RANGE_Q * best[index - start];
	while (first > 0 && best[first - 1] >= least)
		first--;
	while (last < count && best[last + 1] >= least)
		last++;
	*ret_first = start + first;
	*ret_last = start + last;
}
