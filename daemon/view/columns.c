/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/plan.h"
#include "rules/display.h"

enum { BASE_DIGITS = 16, FRESH_DIGITS = 27, SHORT_DIGITS = 10, SUBJECT_CHARACTERS = 60 };

static void put_dashes(struct str *out, int count)
{
	for (int i = 0; i < count; i++)
		str_add_char(out, '-');
	str_add_char(out, ' ');
}

void columns_head(struct str *out, const struct comparison *c)
{
	str_addf(out, "commit: \n  %.*s (\"%.*s\")\n  %.*s (\"%.*s\")\n\n", SHORT_DIGITS,
		c->base.oid, SUBJECT_CHARACTERS, c->base.subject, SHORT_DIGITS, c->fresh.oid,
		SUBJECT_CHARACTERS, c->fresh.subject);
	str_addf(out, "%.*s %.*s \n", BASE_DIGITS, c->base.oid, FRESH_DIGITS, c->fresh.oid);
	put_dashes(out, BASE_DIGITS);
	put_dashes(out, FRESH_DIGITS);
	str_add(out, "\n         %stddev     %change         %stddev\n");
	str_add(out, "             \\          |                \\  \n");
}

static double mean_of(const double *values, size_t count, double *ret_sd)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	sum /= (double)count;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - sum) * (values[i] - sum);
	*ret_sd = sqrt(squares / (double)count);
	return sum;
}

static void put_value(struct str *out, double value)
{
	if (fabs(value) < 1000)
		str_addf(out, "%10.2f", value);
	else if (fabs(value) > 1e8)
		str_addf(out, "%10.4g", value);
	else
		str_addf(out, "%10lld", (long long)value);
}

static void put_spread(struct str *out, double mean, double sd)
{
	double percent = mean != 0 ? fmin(fabs(100 * sd / mean), 999) : 0;

	if (percent > 2)
		str_addf(out, " ±%3d%%", (int)percent);
	else
		str_add(out, "      ");
}

void columns_row(struct str *out, const double *base, size_t base_count, const double *fresh,
	size_t fresh_count, const char *name)
{
	double base_sd, fresh_sd, change;
	double a = mean_of(base, base_count, &base_sd);
	double b = mean_of(fresh, fresh_count, &fresh_sd);

	change = 100 * (b - a) / a;
	put_value(out, a);
	put_spread(out, a, base_sd);
	str_addf(out, fabs(change) >= 100000 ? "%+10.2g%% " : "%+10.1f%% ", change);
	put_value(out, b);
	put_spread(out, b, fresh_sd);
	str_addf(out, "  %s\n", name);
}

static double *scaled(const struct cell_side *side, double factor)
{
	double *values = MEM_NEW(double, side->count);

	for (size_t i = 0; i < side->count; i++)
		values[i] = side->values[i] * factor;
	return values;
}

static void put_cell(struct str *out, const struct comparison *c, const struct cell *cell)
{
	const struct comparison_metric *metric = &c->metrics[cell->metric];
	bool time = strcmp(metric->unit, "s") == 0;
	auto_free double *base = scaled(&cell->base, time ? 1e6 : 1);
	auto_free double *fresh = scaled(&cell->fresh, time ? 1e6 : 1);
	char mode[64];
	auto_free char *name = NULL;

	plan_mode_short(c->modes[cell->mode], mode, sizeof(mode));
	name = mem_printf("%s%s.%s.%s", metric->name, time ? "_us" : "_insn",
		c->scenarios[cell->scenario].name, mode);
	columns_row(out, base, cell->base.count, fresh, cell->fresh.count, name);
}

/* Writes rows of one metric, or of the others. */
static void put_rows(struct str *out, const struct comparison *c, const size_t *order,
	size_t count, const char *metric, bool others, size_t most)
{
	size_t shown = 0;

	for (size_t i = 0; i < count && shown < most; i++) {
		const struct cell *cell = &c->cells[order[i]];
		bool is_other = strcmp(c->metrics[cell->metric].name, metric) != 0;

		if (is_other != others || !cell->base.count || !cell->fresh.count)
			continue;
		put_cell(out, c, cell);
		shown++;
	}
}

void columns_table(struct str *out, const struct comparison *c, const char *metric, size_t most)
{
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);

	columns_head(out, c);
	put_rows(out, c, order, count, metric, false, most);
	put_rows(out, c, order, count, metric, true, most);
}
