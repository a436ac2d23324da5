/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/display.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/plan.h"

/* What counts as a change before there is a rule for it: the default minimum effect. */
static const double unjudged_minimum = 0.02;

bool display_is_judged(const struct comparison *c)
{
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		if (c->verdicts[i])
			return true;
	return false;
}

bool display_has_interval(const struct cell *cell)
{
	return isfinite(cell->low) && isfinite(cell->high) && cell->low < cell->high;
}

bool display_has_change(const struct cell *cell)
{
	return cell->base.count && cell->fresh.count && isfinite(cell->change);
}

bool display_is_below_floor(const struct cell *cell)
{
	return isfinite(cell->minimum) && cell->minimum > 0.5;
}

enum display_tone display_tone(const struct comparison *c, const struct cell *cell)
{
	if (!display_has_change(cell))
		return DISPLAY_MISSING;
	if (!cell->in_family) {
		if (display_is_judged(c) || fabs(cell->change) < unjudged_minimum)
			return DISPLAY_NONE;
		return cell->change > 0 ? DISPLAY_WORSE : DISPLAY_BETTER;
	}
	if (cell->verdict == VERDICT_REGRESSED)
		return DISPLAY_WORSE;
	return cell->verdict == VERDICT_IMPROVED ? DISPLAY_BETTER : DISPLAY_NONE;
}

char display_glyph(const struct cell *cell)
{
	if (!display_has_change(cell))
		return verdict_glyph(VERDICT_FAILED);
	return cell->in_family ? verdict_glyph(cell->verdict) : ' ';
}

/* One row on its way into order. */
struct row {
	size_t index;
	int group;  /* smaller comes first */
	double key; /* larger comes first */
	const struct cell *cell;
};

static struct row make_row(size_t index, const struct cell *cell)
{
	struct row row = {index, 2, fabs(cell->change), cell};
	bool interval = display_has_interval(cell);

	if (!display_has_change(cell)) {
		row.group = 5;
		row.key = 0;
	} else if (cell->in_family && cell->verdict == VERDICT_REGRESSED) {
		row.group = 0;
		row.key = interval ? cell->low : cell->change;
	} else if (cell->in_family && cell->verdict == VERDICT_IMPROVED) {
		row.group = 1;
		row.key = interval ? -cell->high : -cell->change;
	} else if (cell->in_family && cell->verdict == VERDICT_UNCHANGED) {
		row.group = display_is_below_floor(cell) ? 4 : 3;
	}
	return row;
}

static int compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->key != b->key)
		return a->key > b->key ? -1 : 1;
	if (a->cell->scenario != b->cell->scenario)
		return a->cell->scenario < b->cell->scenario ? -1 : 1;
	if (a->cell->mode != b->cell->mode)
		return a->cell->mode < b->cell->mode ? -1 : 1;
	if (a->cell->metric != b->cell->metric)
		return a->cell->metric < b->cell->metric ? -1 : 1;
	return 0;
}

size_t *display_order(const struct comparison *c, bool judged, size_t *ret_count)
{
	auto_free struct row *rows = MEM_NEW(struct row, c->cell_count + 1);
	size_t *order = MEM_NEW(size_t, c->cell_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		if (c->metrics[c->cells[i].metric].judged == judged)
			rows[count++] = make_row(i, &c->cells[i]);
	qsort(rows, count, sizeof(*rows), compare_rows);
	for (size_t i = 0; i < count; i++)
		order[i] = rows[i].index;
	*ret_count = count;
	return order;
}

static bool is_worth_it(const struct comparison *c, const struct cell *cell)
{
	if (!display_has_change(cell) || display_is_below_floor(cell))
		return false;
	if (!cell->in_family)
		return !display_is_judged(c) && display_tone(c, cell) != DISPLAY_NONE;
	return cell->verdict != VERDICT_UNCHANGED && cell->verdict != VERDICT_FAILED;
}

size_t display_unfolded(
	const struct comparison *c, size_t ret[DISPLAY_UNFOLDED], size_t *ret_worth)
{
	size_t count, worth = 0;
	auto_free size_t *order = display_order(c, true, &count);

	for (size_t i = 0; i < count; i++) {
		if (!is_worth_it(c, &c->cells[order[i]]))
			continue;
		if (worth < DISPLAY_UNFOLDED)
			ret[worth] = order[i];
		worth++;
	}
	*ret_worth = worth;
	return worth < DISPLAY_UNFOLDED ? worth : DISPLAY_UNFOLDED;
}

static void widen(double *low, double *high, double value)
{
	*low = fmin(*low, value);
	*high = fmax(*high, value);
}

/* Takes a cell into the range; whiskers only of those that say something. */
static void widen_by(double *low, double *high, const struct cell *cell, bool flagged_only)
{
	bool flagged = cell->in_family && (cell->verdict == VERDICT_REGRESSED ||
						  cell->verdict == VERDICT_IMPROVED);

	if (!display_has_change(cell) || (flagged_only && !flagged) ||
		display_is_below_floor(cell))
		return;
	widen(low, high, cell->change);
	if (flagged && display_has_interval(cell)) {
		widen(low, high, cell->low);
		widen(low, high, cell->high);
	}
}

void display_range(const struct comparison *c, double *ret_low, double *ret_high)
{
	bool flagged = c->verdicts[VERDICT_REGRESSED] || c->verdicts[VERDICT_IMPROVED];
	double low = -unjudged_minimum, high = unjudged_minimum, margin;

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		if (!c->metrics[cell->metric].judged)
			continue;
		if (isfinite(cell->minimum) && cell->minimum < 0.1) {
			widen(&low, &high, cell->minimum);
			widen(&low, &high, -cell->minimum);
		}
		widen_by(&low, &high, cell, flagged);
	}
	/* a cell that grew a hundredfold must not flatten all others */
	low = fmax(low, -1);
	high = fmin(high, 4);
	margin = 0.08 * (high - low);
	*ret_low = low - margin;
	*ret_high = high + margin;
}

void display_cell_name(
	const struct comparison *c, const struct cell *cell, char ret[DISPLAY_NAME_BYTES])
{
	char mode[64];

	plan_mode_short(c->modes[cell->mode], mode, sizeof(mode));
	snprintf(ret, DISPLAY_NAME_BYTES, "%.90s %.60s", c->scenarios[cell->scenario].name,
		mode);
}

const struct cell *display_find(
	const struct comparison *c, size_t scenario, size_t mode, size_t metric)
{
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		if (cell->scenario == scenario && cell->mode == mode && cell->metric == metric)
			return cell;
	}
	return NULL;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

void display_group(const struct comparison *c, enum verdict verdict, struct display_group *ret)
{
	auto_free double *changes = MEM_NEW(double, c->cell_count + 1);
	size_t changed = 0;

	*ret = (struct display_group){.cells = c->verdicts[verdict]};
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		if (!cell->in_family || cell->verdict != verdict || !display_has_change(cell))
			continue;
		if (display_is_below_floor(cell)) {
			ret->below_floor++;
			continue;
		}
		changes[changed++] = cell->change;
		if (display_has_interval(cell))
			ret->excluded = fmax(ret->excluded, cell->high);
	}
	if (!changed)
		return;
	qsort(changes, changed, sizeof(*changes), compare_doubles);
	ret->low = changes[0];
	ret->high = changes[changed - 1];
	ret->median = (changes[(changed - 1) / 2] + changes[changed / 2]) / 2;
}

size_t display_entry_metric(const struct comparison *c, const struct reference_entry *entry)
{
	char name[64];
	size_t used = 0;

	for (const char *p = entry->label; *p && used + 1 < sizeof(name); p++) {
		if (strcmp(p, ", average") == 0)
			break;
		if (p[0] == ',' && p[1] == ' ')
			p++;
		name[used++] = *p == ' ' ? '-' : *p;
	}
	name[used] = '\0';
	for (size_t i = 0; i < c->metric_count; i++)
		if (strcmp(c->metrics[i].name, name) == 0)
			return i;
	return c->metric_count;
}

bool display_has_time(const struct comparison *c)
{
	for (size_t i = 0; i < c->metric_count; i++)
		if (!c->metrics[i].judged && strcmp(c->metrics[i].unit, "s") == 0)
			return true;
	return false;
}

static int compare_reals(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* The change that half of the judged cells would have shown in this run. */
static double median_mde(const struct comparison *c)
{
	auto_free double *seen = MEM_NEW(double, c->cell_count);
	size_t count = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		if (c->cells[i].in_family && c->cells[i].mde > 0 &&
			!display_is_below_floor(&c->cells[i]))
			seen[count++] = c->cells[i].mde;
	if (!count)
		return 0;
	qsort(seen, count, sizeof(double), compare_reals);
	return seen[count / 2];
}

static_assert((int)BRIEF_VERDICTS == (int)VERDICT_COUNT, "a brief has all verdicts");

void display_brief(const struct comparison *c, struct brief *ret)
{
	*ret = (struct brief){
		.judged = display_is_judged(c),
		.failed = c->state && strcmp(c->state, "failed") == 0,
		.headline = (int)(c->trust.moved ? VERDICT_INCONCLUSIVE : c->headline),
		.sees = median_mde(c),
		.sentence = mem_strdup(c->sentence),
	};
	memcpy(ret->verdicts, c->verdicts, sizeof(ret->verdicts));
}

size_t display_boots(const struct comparison *c, char side, bool failed)
{
	size_t count = 0;

	for (size_t i = 0; i < c->boot_count; i++)
		if (c->boots[i].side == side)
			count += (c->boots[i].failure != FAILURE_NONE) == failed;
	return count;
}
