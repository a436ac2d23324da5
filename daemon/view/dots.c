/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/dots.h"

#include <math.h>
#include <stdbool.h>

#include "base/builtin.h"
#include "io/gnuplot.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/svg.h"

enum { LINE_HEIGHT = 16, FRAME_HEIGHT = 46 };

static bool is_drawn(const struct cell *cell, size_t metric)
{
	return cell->metric == metric && cell->base.mean > 0 && cell->fresh.count;
}

static bool metric_is_drawn(const struct comparison *c, size_t metric)
{
	if (!c->metrics[metric].judged)
		return false;
	for (size_t i = 0; i < c->cell_count; i++)
		if (is_drawn(&c->cells[i], metric))
			return true;
	return false;
}

static void script_names(FILE *script, const struct comparison *c, size_t metric)
{
	char name[DISPLAY_NAME_BYTES];
	size_t y = 0;

	fputs("$cells << EOD\n", script);
	for (size_t i = 0; i < c->cell_count; i++) {
		if (!is_drawn(&c->cells[i], metric))
			continue;
		display_cell_name(c, &c->cells[i], name);
		fprintf(script, "%zu ", ++y);
		gnuplot_string(script, name);
		putc('\n', script);
	}
	/* gnuplot refuses an empty block, so the last line is below the axis */
	fputs("EOD\n$lines << EOD\n", script);
	y = 0;
	for (size_t i = 0, scenario = SIZE_MAX; i < c->cell_count; i++) {
		if (!is_drawn(&c->cells[i], metric))
			continue;
		if (c->cells[i].scenario != scenario && scenario != SIZE_MAX)
			fprintf(script, "%zu.5\n", y);
		scenario = c->cells[i].scenario;
		y++;
	}
	fprintf(script, "%zu.5\nEOD\ncells = %zu\ndots_height = %zu\n", y, y,
		y * LINE_HEIGHT + FRAME_HEIGHT);
}

static void script_values(FILE *script, const struct comparison *c, size_t metric, bool fresh,
	double *low, double *high)
{
	size_t y = 0;

	fprintf(script, "$%s << EOD\n", fresh ? "new" : "base");
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct cell_side *side = fresh ? &cell->fresh : &cell->base;

		if (!is_drawn(cell, metric))
			continue;
		y++;
		for (size_t v = 0; v < side->count; v++) {
			double percent = 100 * (side->values[v] / cell->base.mean - 1);

			if (!isfinite(percent))
				continue;
			*low = fmin(*low, percent);
			*high = fmax(*high, percent);
			fprintf(script, "%.6g %g\n", percent, (double)y + (fresh ? .2 : -.2));
		}
	}
	fputs("EOD\n", script);
}

size_t dots_script(FILE *script, const struct comparison *c)
{
	size_t plots = 0;

	for (size_t metric = 0; metric < c->metric_count; metric++) {
		double low = -1, high = 1, margin;

		if (!metric_is_drawn(c, metric))
			continue;
		fputs("reset session\n", script);
		fputs(builtin_text("web/style.gp"), script);
		script_names(script, c, metric);
		script_values(script, c, metric, false, &low, &high);
		script_values(script, c, metric, true, &low, &high);
		margin = 0.04 * (high - low);
		fprintf(script, "dots_low = %.6g\ndots_high = %.6g\n", low - margin,
			high + margin);
		fputs(builtin_text("web/dots.gp"), script);
		plots++;
	}
	return plots;
}

static void figure(FILE *out, const struct comparison *c, size_t metric, const char *plot)
{
	const struct comparison_metric *m = &c->metrics[metric];
	double width, height;

	if (svg_size(plot, &width, &height) < 0)
		return;
	fputs("<figure><figcaption><b>", out);
	html_text_cut(out, m->title ? m->title : m->name, 100);
	fprintf(out,
		"</b>: every boot a dot, <span class=\"key1\">base</span> above, "
		"<span class=\"key2\">new</span> below%s</figcaption>\n<div class=\"wide\">"
		"<svg viewBox=\"0 0 %g %g\" width=\"%g\" "
		"height=\"%g\" role=\"img\"><title>",
		c->emulated ? "; " DISPLAY_EMULATED : "", width, height, width, height);
	html_text_cut(out, m->title ? m->title : m->name, 100);
	fputs(": the boots of both kernels in percent of the base's mean, a line a "
	      "configuration. Numbers: table of all boots.</title>",
		out);
	svg_body(out, plot);
	fputs("</svg></div></figure>\n", out);
}

void dots_figures(FILE *out, const struct comparison *c, char *const *plots, size_t count)
{
	size_t drawn = 0;

	for (size_t metric = 0; metric < c->metric_count && drawn < count; metric++)
		if (metric_is_drawn(c, metric))
			figure(out, c, metric, plots[drawn++]);
}
