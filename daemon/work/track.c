/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/track.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "stats/shift.h"
#include "store/history.h"

/* The values of one epoch without gaps, and which kernel each is of. */
struct run {
	double *values;
	size_t *kernels;
	size_t count;
};

static void add_level(
	struct history_track *track, const struct run *run, size_t from, size_t to)
{
	double sum = 0, square = 0;
	size_t count = to - from;

	for (size_t i = from; i < to; i++)
		sum += run->values[i];
	sum /= (double)count;
	for (size_t i = from; i < to; i++)
		square += (run->values[i] - sum) * (run->values[i] - sum);
	track->levels = mem_grow(track->levels, track->level_count + 1, sizeof(*track->levels));
	track->levels[track->level_count++] = (struct history_level){
		.first = run->kernels[from],
		.last = run->kernels[to - 1],
		.mean = sum,
		.sd = count > 1 ? sqrt(square / (double)(count - 1)) : 0,
	};
}

static void add_change(struct history_track *track, const struct run *run,
	const struct shift_point *point, size_t low, size_t high)
{
	size_t first = point->index, last = point->index;

	if (point->index >= low + 3 && high >= point->index + 3)
		shift_range(
			run->values, low, point->index, high, HISTORY_CHAPTER, &first, &last);
	track->changes =
		mem_grow(track->changes, track->change_count + 1, sizeof(*track->changes));
	track->changes[track->change_count++] = (struct history_change){
		.kernel = run->kernels[point->index],
		.first = run->kernels[first],
		.last = run->kernels[last],
		.change = point->change,
		.p = point->p,
	};
}

static int find_levels(struct history_track *track, const struct run *run, struct err *err)
{
	struct shift_rules rules = shift_defaults(SHIFT_NATIVE);
	struct shift_list list = {0};
	size_t from = 0;
	int r = run->count ? shift_find(&rules, run->values, run->count, &list, err) : 0;

	if (r < 0 || !run->count)
		return r;
	for (size_t i = 0; i < list.count; i++) {
		size_t to = list.points[i].index;

		add_level(track, run, from, to);
		add_change(track, run, &list.points[i], from,
			i + 1 < list.count ? list.points[i + 1].index : run->count);
		from = to;
	}
	add_level(track, run, from, run->count);
	shift_list_clear(&list);
	return 0;
}

/* Runs of kernels of one epoch, one after the other. */
static int fill_track(
	struct history_track *track, const struct history_window *window, struct err *err)
{
	const struct history_kernel *kernels = window->line->kernels + window->first;
	auto_free double *values = MEM_NEW(double, window->count + 1);
	auto_free size_t *places = MEM_NEW(size_t, window->count + 1);
	struct run run = {values, places, 0};
	int r = 0;

	for (size_t i = 0; i < window->count && r == 0; i++) {
		if (i > 0 && kernels[i].epoch_id != kernels[i - 1].epoch_id) {
			r = find_levels(track, &run, err);
			run.count = 0;
		}
		if (!isfinite(track->values[i]))
			continue;
		values[run.count] = track->values[i];
		places[run.count++] = i;
		track->count++;
	}
	return r < 0 ? r : find_levels(track, &run, err);
}

int tracks_load(struct db *db, const struct history_family *family,
	const struct history_window *window, struct history_track **ret, struct err *err)
{
	struct history_track *tracks = MEM_NEW(struct history_track, family->mode_count + 1);
	auto_free double *values = MEM_NEW(double, family->mode_count * window->count + 1);
	int r = history_values(db, family, window, values, err);

	for (size_t i = 0; i < family->mode_count && r == 0; i++) {
		tracks[i].values =
			mem_copy(values + i * window->count, window->count * sizeof(double));
		r = fill_track(&tracks[i], window, err);
	}
	*ret = tracks;
	if (r == 0)
		return 0;
	for (size_t i = 0; i < family->mode_count; i++)
		history_track_clear(&tracks[i]);
	mem_free_ptr(ret);
	*ret = NULL;
	return r;
}

int tracks_load_past(struct db *db, struct history_past *past, struct err *err)
{
	const struct history_window window = {&past->line, 0, past->line.kernel_count};
	int r = 0;

	for (size_t i = 0; i < past->count && r == 0; i++) {
		auto_free struct history_track *track = NULL;

		if (!past->families[i].mode_count)
			continue;
		r = tracks_load(db, &past->families[i], &window, &track, err);
		if (r == 0)
			past->tracks[i] = track[0];
	}
	return r;
}
