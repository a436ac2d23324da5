/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/cell.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/builtin.h"
#include "text/number.h"

/* Dots of a side stand beside each other, so that equal values are seen as two. */
enum { COLUMNS = 5 };

struct range {
	double low, high;
};

static void widen(struct range *range, double value)
{
	if (!isfinite(value))
		return;
	range->low = fmin(range->low, value);
	range->high = fmax(range->high, value);
}

static void script_side(FILE *script, const char *name, const struct cell_side *side,
	const struct number_scale *scale, struct range *range)
{
	fprintf(script, "$%s << EOD\n", name);
	for (size_t i = 0; i < side->count; i++) {
		double shift = 0.09 * ((double)(i % COLUMNS) - (COLUMNS - 1) / 2.0);

		widen(range, side->values[i]);
		fprintf(script, "%zu %.6g %g\n", side->boots[i] + 1,
			side->values[i] / scale->divisor, side->count > 1 ? shift : 0);
	}
	fputs("-9 0 0\nEOD\n", script);
}

static void script_mean(FILE *script, int place, const struct cell_side *side,
	const struct number_scale *scale, struct range *range)
{
	if (!side->count)
		return;
	widen(range, side->mean - side->half_width);
	widen(range, side->mean + side->half_width);
	fprintf(script, "%d %.6g %.6g %.6g\n", place, side->mean / scale->divisor,
		(side->mean - side->half_width) / scale->divisor,
		(side->mean + side->half_width) / scale->divisor);
}

static void script_band(FILE *script, const struct cell *cell, const struct number_scale *scale)
{
	double mean = cell->base.count ? cell->base.mean : 0;
	double minimum = isfinite(cell->minimum) ? cell->minimum : 0;

	fputs("$band << EOD\n", script);
	if (mean > 0 && minimum > 0)
		fprintf(script, "%.6g %.6g\n", mean * (1 - minimum) / scale->divisor,
			mean * (1 + minimum) / scale->divisor);
	else
		fputs("-9 -9\n", script);
	fputs("EOD\n", script);
}

static bool has_value(const struct cell_side *side, size_t boot)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->boots[i] == boot)
			return true;
	return false;
}

static void script_boots(FILE *script, const struct comparison *c, const struct cell *cell)
{
	fputs("$lost << EOD\n", script);
	for (size_t i = 0; i < c->boot_count; i++)
		if (!has_value(&cell->base, i) && !has_value(&cell->fresh, i))
			fprintf(script, "%zu\n", i + 1);
	fputs("-9\nEOD\n$sessions << EOD\n", script);
	for (size_t i = 1; i < c->boot_count; i++)
		if (c->boots[i].session != c->boots[i - 1].session)
			fprintf(script, "%zu\n", i + 1);
	fputs("-9\nEOD\n", script);
}

size_t cell_script(FILE *script, const struct comparison *c, const struct cell *cell)
{
	const char *unit = c->metrics[cell->metric].unit;
	struct range range = {INFINITY, -INFINITY};
	struct number_scale scale =
		number_scale(unit, cell->base.count ? cell->base.mean : cell->fresh.mean);
	double margin;

	if (!cell->base.count && !cell->fresh.count)
		return 0;
	fputs("reset session\n", script);
	fputs(builtin_text("web/style.gp"), script);
	script_side(script, "base", &cell->base, &scale, &range);
	script_side(script, "new", &cell->fresh, &scale, &range);
	fputs("$means << EOD\n", script);
	script_mean(script, 1, &cell->base, &scale, &range);
	script_mean(script, 2, &cell->fresh, &scale, &range);
	fputs("EOD\n", script);
	script_band(script, cell, &scale);
	script_boots(script, c, cell);
	if (range.low > range.high)
		return 0;
	margin = fmax(0.06 * (range.high - range.low), 0.003 * fabs(range.high));
	fprintf(script, "boots = %zu\ny_low = %.6g\ny_high = %.6g\ny_label = \"%s%s%s\"\n",
		c->boot_count, (range.low - margin) / scale.divisor,
		(range.high + margin) / scale.divisor, scale.suffix,
		strcmp(unit, "s") && *scale.suffix ? " " : "",
		strcmp(unit, "s") ? "instructions" : "");
	fputs(builtin_text("web/cell.gp"), script);
	return 1;
}
