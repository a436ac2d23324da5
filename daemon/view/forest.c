/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/forest.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "rules/display.h"
#include "text/svg.h"

static double clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

/* A line of $rows: y change low high band_low band_high tone arrow, in percent. */
static void script_row(FILE *script, const struct comparison *c, const struct cell *cell,
	size_t y, double low, double high)
{
	bool interval = display_has_interval(cell);
	double from = interval ? cell->low : cell->change;
	double to = interval ? cell->high : cell->change;
	double minimum = isfinite(cell->minimum) ? cell->minimum : 0;
	enum display_tone tone = display_tone(c, cell);
	int key = tone == DISPLAY_WORSE ? 1 : tone == DISPLAY_BETTER ? 2 : 0;
	int arrow = 1 + (from < low) + 2 * (to > high);

	fprintf(script, "%zu.5 %.6g %.6g %.6g %.6g %.6g %d %d\n", y,
		100 * clamp(cell->change, low, high), 100 * clamp(from, low, high),
		100 * clamp(to, low, high), 100 * clamp(-minimum, low, 0),
		100 * clamp(minimum, 0, high), key, key * 4 + arrow);
}

size_t forest_script(FILE *script, struct forest *forest, const struct comparison *c,
	const size_t *order, size_t count)
{
	double low, high;

	display_range(c, &low, &high);
	*forest = (struct forest){.row = MEM_NEW(size_t, c->cell_count + 1)};
	for (size_t i = 0; i < c->cell_count; i++)
		forest->row[i] = SIZE_MAX;
	fputs("$rows << EOD\n", script);
	for (size_t i = 0; i < count; i++) {
		if (!display_has_change(&c->cells[order[i]]))
			continue;
		script_row(script, c, &c->cells[order[i]], forest->rows, low, high);
		forest->row[order[i]] = forest->rows++;
	}
	fprintf(script, "EOD\nwidth = %d\nrow_height = %d\nn = %zu\nlow = %.6g\nhigh = %.6g\n",
		FOREST_WIDTH, FOREST_ROW_HEIGHT, forest->rows, 100 * low, 100 * high);
	if (!forest->rows)
		return 0;
	fputs(builtin_text("web/forest.gp"), script);
	fputs("reset session\n", script);
	fputs(builtin_text("web/style.gp"), script);
	fprintf(script, "width = %d\nlow = %.6g\nhigh = %.6g\n", FOREST_WIDTH, 100 * low,
		100 * high);
	fputs(builtin_text("web/axis.gp"), script);
	return FOREST_PLOTS;
}

void forest_axis(FILE *out, const struct forest *forest)
{
	double width, height;

	if (!forest->plots || !forest->rows || svg_size(forest->plots[1], &width, &height) < 0)
		return;
	fprintf(out,
		"<svg class=\"forest\" viewBox=\"0 0 %g "
		"%g\" width=\"%g\" height=\"%g\" "
		"role=\"img\"><title>scale in percent</title>",
		width, height, width, height);
	svg_body(out, forest->plots[1]);
	fputs("</svg><svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\">"
	      "<defs><g id=\"zero\">",
		out);
	svg_element(out, forest->plots[0], 3 * forest->rows + 1);
	fputs("</g></defs></svg>", out);
}

void forest_row(FILE *out, const struct forest *forest, size_t cell)
{
	size_t row = forest->row[cell];
	double width, height;

	if (!forest->plots || row == SIZE_MAX ||
		svg_size(forest->plots[0], &width, &height) < 0)
		return;
	fprintf(out,
		"<svg class=\"forest\" viewBox=\"0 %zu "
		"%d %d\" width=\"%d\" height=\"%d\" "
		"aria-hidden=\"true\">",
		row * FOREST_ROW_HEIGHT, FOREST_WIDTH, FOREST_ROW_HEIGHT, FOREST_WIDTH,
		FOREST_ROW_HEIGHT);
	svg_element(out, forest->plots[0], 1 + row);
	fputs("<use href=\"#zero\"/>", out);
	svg_element(out, forest->plots[0], 1 + forest->rows + row);
	svg_element(out, forest->plots[0], 1 + 2 * forest->rows + row);
	fputs("</svg>", out);
}

void forest_clear(struct forest *forest)
{
	free(forest->row);
	memset(forest, 0, sizeof(*forest));
}
