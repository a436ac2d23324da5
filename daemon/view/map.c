/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/map.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "model/plan.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/number.h"

/* The tint saturates at 20 %: from there on a change is simply large. */
static const double saturation = 0.20;
enum { TINTS = 5 };

static int tint(double change)
{
	int step = (int)ceil(fabs(change) / saturation * TINTS);

	return step > TINTS ? TINTS : step;
}

static void put_class(FILE *out, const struct comparison *c, const struct cell *cell)
{
	enum display_tone tone = display_tone(c, cell);

	if (tone == DISPLAY_WORSE)
		fprintf(out, " class=\"worse%d\"", tint(cell->change));
	else if (tone == DISPLAY_BETTER)
		fprintf(out, " class=\"better%d\"", tint(cell->change));
	else if (tone == DISPLAY_MISSING)
		fputs(" class=\"lost\"", out);
	else if (cell->in_family && cell->verdict == VERDICT_INCONCLUSIVE)
		fputs(" class=\"open\"", out);
}

static void put_field(FILE *out, const struct comparison *c, const struct cell *cell)
{
	char name[DISPLAY_NAME_BYTES], percent[NUMBER_BYTES];
	char glyph = display_glyph(cell);
	bool number = display_has_change(cell) &&
		      (!display_is_judged(c) || display_tone(c, cell) != DISPLAY_NONE);

	display_cell_name(c, cell, name);
	fputs("<td", out);
	put_class(out, c, cell);
	fputs("><a href=\"#cell-", out);
	html_anchor(out, name);
	putc('.', out);
	html_anchor(out, c->metrics[cell->metric].name);
	fputs("\">", out);
	if (number) {
		number_percent_bare(cell->change, percent);
		fputs(percent, out);
	} else {
		putc(glyph == ' ' ? '.' : glyph, out);
	}
	fputs("</a></td>", out);
}

static void put_head(FILE *out, const struct comparison *c)
{
	fputs("<table class=\"map\">\n<caption>Percent change by configuration and metric; ",
		out);
	if (display_is_judged(c))
		fputs("a number where flagged, else . unchanged, ? inconclusive, x failed",
			out);
	else
		fputs("not judged yet", out);
	fprintf(out,
		"%s</caption>\n<thead><tr><th scope=\"col\">scenario</th>"
		"<th scope=\"col\">guest mode</th>",
		c->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t m = 0; m < c->metric_count; m++) {
		if (!c->metrics[m].judged)
			continue;
		fputs("<th scope=\"col\">", out);
		html_text_cut(out, c->metrics[m].name, 40);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void put_row(FILE *out, const struct comparison *c, size_t scenario, size_t mode)
{
	char mode_short[64];

	fputs("<tr>", out);
	if (mode == 0) {
		fprintf(out, "<th scope=\"rowgroup\" rowspan=\"%zu\">", c->mode_count);
		html_text_cut(out, c->scenarios[scenario].name, 60);
		fputs("<span>", out);
		html_text_cut(out, c->scenarios[scenario].command, 80);
		fputs("</span></th>", out);
	}
	plan_mode_short(c->modes[mode], mode_short, sizeof(mode_short));
	fputs("<th scope=\"row\">", out);
	html_text(out, mode_short);
	fputs("</th>", out);
	for (size_t m = 0; m < c->metric_count; m++) {
		const struct cell *cell;

		if (!c->metrics[m].judged)
			continue;
		cell = display_find(c, scenario, mode, m);
		if (cell)
			put_field(out, c, cell);
		else
			fputs("<td></td>", out);
	}
	fputs("</tr>\n", out);
}

void map_table(FILE *out, const struct comparison *c)
{
	fputs("<div class=\"wide\">\n", out);
	put_head(out, c);
	for (size_t scenario = 0; scenario < c->scenario_count; scenario++) {
		fputs("<tbody>\n", out);
		for (size_t mode = 0; mode < c->mode_count; mode++)
			put_row(out, c, scenario, mode);
		fputs("</tbody>\n", out);
	}
	fputs("</table>\n</div>\n", out);
}
