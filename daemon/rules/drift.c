/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/drift.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/special.h"
#include "stats/ratio.h"

enum { KERNELS_LEAST = 5 };

void drift_clear(struct drift *drift)
{
	for (size_t i = 0; i < drift->metric_count; i++) {
		free(drift->metrics[i].name);
		free(drift->metrics[i].values);
	}
	free(drift->metrics);
	free(drift->marks);
	memset(drift, 0, sizeof(*drift));
}

void drift_plan(const struct history_line *line, struct drift *ret)
{
	size_t newest = line->kernel_count - 1, first = newest, release = SIZE_MAX;
	int64_t epoch = line->kernels[newest].epoch_id;

	for (size_t i = 0; i < newest; i++) {
		if (line->kernels[i].epoch_id != epoch)
			continue;
		first = i < first ? i : first;
		if (drift_is_release(line->kernels[i].subject))
			release = i;
	}
	*ret = (struct drift){.line = line,
		.anchor = release == SIZE_MAX ? first : release,
		.epoch_id = epoch,
		.change = {NAN, NAN, NAN, false}};
	ret->window.line = line;
	ret->window.count =
		line->kernel_count < DRIFT_KERNELS ? line->kernel_count : DRIFT_KERNELS;
	ret->window.first = line->kernel_count - ret->window.count;
}

static bool is_marked(const struct drift *drift, int64_t event)
{
	for (size_t i = 0; i < drift->mark_count; i++)
		if (drift->marks[i].event == event)
			return true;
	return false;
}

static int compare_marks(const void *left, const void *right)
{
	const struct history_mark *a = left, *b = right;

	if (a->kernel != b->kernel)
		return a->kernel < b->kernel ? -1 : 1;
	return a->event < b->event ? -1 : a->event > b->event;
}

void drift_add_events(struct drift *drift, const struct history_map *map)
{
	const struct history_line *line = drift->line;
	const struct history_kernel *kernels = line->kernels + drift->window.first;

	for (size_t e = 0; e < map->event_count; e++) {
		const struct history_event *event = &map->events[e];
		size_t at = 0;

		if (event->host_id != line->host_id || !line->branch ||
			strcmp(event->branch, line->branch) || is_marked(drift, event->id))
			continue;
		while (at < drift->window.count && strcmp(kernels[at].oid, event->oid))
			at++;
		if (at == drift->window.count)
			continue;
		drift->marks =
			mem_grow(drift->marks, drift->mark_count + 1, sizeof(*drift->marks));
		drift->marks[drift->mark_count++] = (struct history_mark){
			.kernel = at, .event = event->id, .improved = event->improved};
	}
	if (drift->mark_count)
		qsort(drift->marks, drift->mark_count, sizeof(*drift->marks), compare_marks);
}

fingerprint drift_print(const struct drift *drift)
{
	const struct history_window anchor = {drift->line, drift->anchor, 1};
	fingerprint print = history_print(&drift->window, FINGERPRINT_INIT);

	print = history_print(&anchor, print);
	for (size_t i = 0; i < drift->mark_count; i++) {
		print = fingerprint_int(print, drift->marks[i].event);
		print = fingerprint_int(print, (int64_t)drift->marks[i].kernel);
	}
	return print;
}

static struct drift_metric *find_metric(struct drift *drift, const char *name)
{
	struct drift_metric *m;

	for (size_t i = 0; i < drift->metric_count; i++)
		if (strcmp(drift->metrics[i].name, name) == 0)
			return &drift->metrics[i];
	drift->metrics =
		mem_grow(drift->metrics, drift->metric_count + 1, sizeof(*drift->metrics));
	m = &drift->metrics[drift->metric_count++];
	*m = (struct drift_metric){
		.name = mem_strdup(name), .values = MEM_NEW(double, drift->window.count + 1)};
	return m;
}

/*
 * Sums while cells are added. A kernel that lacks a cell would be compared over
 * others, so it has no value: NAN, which adding keeps.
 */
void drift_add_cell(const struct judging *judging, struct drift *drift, const char *metric,
	const char *unit, const double *values, double anchor)
{
	const struct history_kernel *kernels = drift->line->kernels + drift->window.first;
	struct drift_metric *m;

	if (!isfinite(anchor) || judging_minimum_abs(judging, unit) > exp(anchor) / 2)
		return;
	m = find_metric(drift, metric);
	m->cells++;
	drift->cells++;
	for (size_t i = 0; i < drift->window.count; i++)
		m->values[i] +=
			kernels[i].epoch_id == drift->epoch_id ? values[i] - anchor : NAN;
}

/* Of the kernels behind the anchor: it would pull its own drift towards nothing. */
static void find_change(
	const struct drift *drift, const double *values, struct drift_change *ret)
{
	double sum = 0, square = 0, last = NAN, newest[DRIFT_NEWEST];
	size_t n = 0, ends, from = 0;

	if (drift->anchor >= drift->window.first)
		from = drift->anchor - drift->window.first + 1;
	*ret = (struct drift_change){NAN, NAN, NAN, false};
	for (size_t i = from; i < drift->window.count; i++) {
		if (!isfinite(values[i]))
			continue;
		if (n)
			square += (values[i] - last) * (values[i] - last);
		last = values[i];
		newest[n++ % DRIFT_NEWEST] = last;
	}
	if (!n)
		return;
	ends = n < DRIFT_NEWEST ? n : DRIFT_NEWEST;
	for (size_t i = 0; i < ends; i++)
		sum += newest[i];
	sum /= (double)ends;
	ret->change = ratio_change(sum);
	if (n >= KERNELS_LEAST) {
		/* differences of neighbours share a kernel: two of three are free */
		double df = 2.0 * (double)(n - 1) / 3;
		double se = sqrt(square / (2 * (double)(n - 1)) * (1 + 1 / (double)ends));
		double half = special_t_quantile(0.975, df) * se;

		ret->low = ratio_change(sum - half);
		ret->high = ratio_change(sum + half);
		ret->has_interval = true;
	}
}

void drift_finish(struct drift *drift)
{
	auto_free double *all = MEM_NEW(double, drift->window.count + 1);

	for (size_t k = 0; k < drift->metric_count; k++) {
		struct drift_metric *m = &drift->metrics[k];

		for (size_t i = 0; i < drift->window.count; i++) {
			all[i] += m->values[i];
			m->values[i] /= (double)m->cells;
		}
		find_change(drift, m->values, &m->change);
	}
	drift->kernels = 0;
	for (size_t i = 0; i < drift->window.count; i++) {
		all[i] = drift->cells ? all[i] / (double)drift->cells : NAN;
		drift->kernels += isfinite(all[i]);
	}
	find_change(drift, all, &drift->change);
}

void drift_anchor_name(const struct history_kernel *kernel, char ret[41])
{
	if (drift_is_release(kernel->subject))
		snprintf(ret, 41, "v%s", kernel->subject + 6);
	else
		snprintf(ret, 41, "%.12s", kernel->oid);
}

void drift_tell(const struct drift *drift, struct drift_word *ret)
{
	struct drift_word word = {.kernels = drift->kernels, .change = drift->change};

	drift_anchor_name(&drift->line->kernels[drift->anchor], word.anchor);
	for (size_t i = 0; i < drift->metric_count && i < DRIFT_METRICS; i++) {
		size_t at = word.metric_count++;

		snprintf(word.metrics[at].name, sizeof(word.metrics[at].name), "%.40s",
			drift->metrics[i].name);
		word.metrics[at].change = drift->metrics[i].change;
	}
	*ret = word;
}
