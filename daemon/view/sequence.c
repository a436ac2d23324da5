/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/sequence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "rules/display.h"
#include "text/svg.h"

/* Deviations of one boot, in percent, one a judged cell. */
struct deviations {
	double *values;
	size_t count;
};

static void collect_side(const struct cell_side *side, struct deviations *boots, size_t limit)
{
	for (size_t i = 0; i < side->count; i++) {
		double percent = 100 * (side->values[i] / side->mean - 1);

		if (side->boots[i] < limit && isfinite(percent)) {
			struct deviations *boot = &boots[side->boots[i]];

			boot->values[boot->count++] = percent;
		}
	}
}

/* One list a boot; every list has room for a value of each side of each cell. */
static struct deviations *collect(const struct comparison *c)
{
	struct deviations *boots = MEM_NEW(struct deviations, c->boot_count + 1);

	for (size_t i = 0; i < c->boot_count; i++)
		boots[i].values = MEM_NEW(double, 2 * c->cell_count + 1);
	for (size_t i = 0; i < c->cell_count; i++) {
		if (!c->metrics[c->cells[i].metric].judged ||
			display_is_below_floor(&c->cells[i]))
			continue;
		/* a side of one boot is its own mean and says nothing */
		if (c->cells[i].base.count > 1)
			collect_side(&c->cells[i].base, boots, c->boot_count);
		if (c->cells[i].fresh.count > 1)
			collect_side(&c->cells[i].fresh, boots, c->boot_count);
	}
	return boots;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* Linear between the order statistics, as in R's type 7. */
static double quantile(const struct deviations *sorted, double p)
{
	double position = p * (double)(sorted->count - 1);
	size_t below = (size_t)position;
	size_t above = below + 1 < sorted->count ? below + 1 : below;
	double part = position - (double)below;

	return (1 - part) * sorted->values[below] + part * sorted->values[above];
}

/* Lines "x low q1 median q3 high"; grows *limit to the largest deviation. */
static void script_side(FILE *script, const struct comparison *c, struct deviations *boots,
	char side, double *limit)
{
	fprintf(script, "$%s << EOD\n", side == 'A' ? "base" : "new");
	for (size_t i = 0; i < c->boot_count; i++) {
		struct deviations *d = &boots[i];

		if (c->boots[i].side != side || !d->count)
			continue;
		qsort(d->values, d->count, sizeof(double), compare_doubles);
		fprintf(script, "%zu %.6g %.6g %.6g %.6g %.6g\n", i + 1, d->values[0],
			quantile(d, .25), quantile(d, .5), quantile(d, .75),
			d->values[d->count - 1]);
		*limit = fmax(*limit, fmax(-d->values[0], d->values[d->count - 1]));
	}
	fputs("EOD\n", script);
}

static void script_names(FILE *script, const struct comparison *c, struct deviations *boots)
{
	fputs("$names << EOD\n", script);
	for (size_t i = 0; i < c->boot_count; i++)
		fprintf(script, "%zu \"%d %c\"\n", i + 1, c->boots[i].sequence,
			c->boots[i].side == 'A' ? 'A' : 'B');
	fputs("EOD\n$lost << EOD\n", script);
	for (size_t i = 0; i < c->boot_count; i++)
		if (!boots[i].count)
			fprintf(script, "%zu\n", i + 1);
	fputs("EOD\n", script);
}

size_t sequence_script(FILE *script, const struct comparison *c)
{
	struct deviations *boots = collect(c);
	double limit = 0.5;
	size_t useful = 0;

	for (size_t i = 0; i < c->boot_count; i++)
		useful += boots[i].count > 0;
	if (useful > 1) {
		fputs("reset session\n", script);
		fputs(builtin_text("web/style.gp"), script);
		script_side(script, c, boots, 'A', &limit);
		script_side(script, c, boots, 'B', &limit);
		script_names(script, c, boots);
		fprintf(script, "boots = %zu\nsequence_limit = %.6g\n", c->boot_count,
			1.1 * limit);
		fputs(builtin_text("web/sequence.gp"), script);
	}
	for (size_t i = 0; i < c->boot_count; i++)
		free(boots[i].values);
	free(boots);
	return useful > 1;
}

void sequence_figure(FILE *out, const struct comparison *c, const char *plot)
{
	double width, height;

	if (svg_size(plot, &width, &height) < 0)
		return;
	fprintf(out,
		"<figure><figcaption><b>Order of the boots</b>: how far the cells of each boot "
		"lie from the mean of their own kernel; dot: median, thick: middle half, "
		"thin: range; <span class=\"key1\">A base</span>, <span class=\"key2\">B "
		"new</span>, + without values%s</figcaption>\n<div class=\"wide\">"
		"<svg viewBox=\"0 0 %g %g\" width=\"%g\" "
		"height=\"%g\" role=\"img\">"
		"<title>deviation of each boot from its kernel's mean, in the order of "
		"execution</title>",
		c->emulated ? "; " DISPLAY_EMULATED : "", width, height, width, height);
	svg_body(out, plot);
	fputs("</svg></div></figure>\n", out);
}
