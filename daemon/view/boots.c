/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/boots.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/number.h"

static void put_link(FILE *out, const struct comparison_boot *boot, const char *up)
{
	auto_free char *address = address_boot(boot->id, "html");

	fprintf(out, "<a href=\"%s%s\">%d %c</a>", up, address, boot->sequence,
		boot->side == 'A' ? 'A' : 'B');
}

static void put_outcome(FILE *out, const struct comparison_boot *boot)
{
	if (boot->failure == FAILURE_NONE) {
		fputs(boot->rejected ? "counts, in part" : "counts", out);
		return;
	}
	fprintf(out, "x %s: ", failure_name(boot->failure));
	if (boot->symptom != SYMPTOM_NONE)
		fprintf(out, "%s", symptom_phrase(boot->symptom));
	if (boot->reason) {
		fputs(boot->symptom != SYMPTOM_NONE ? "; " : "", out);
		html_text_cut(out, boot->reason, 400);
	}
}

void boots_table(FILE *out, const struct comparison *c, const char *up)
{
	char stamp[CLOCK_STAMP_BYTES], took[NUMBER_BYTES];

	fputs("<div class=\"wide\">\n<table class=\"boots\">\n<caption>A: base, B: new; in the "
	      "order of execution</caption>\n<thead><tr><th scope=\"col\">boot</th>"
	      "<th scope=\"col\">kernel</th><th scope=\"col\">began, UTC</th>"
	      "<th scope=\"col\">took</th><th scope=\"col\">processes</th>"
	      "<th scope=\"col\">rejected</th><th scope=\"col\">outcome</th></tr></thead>\n"
	      "<tbody>\n",
		out);
	for (size_t i = 0; i < c->boot_count; i++) {
		const struct comparison_boot *boot = &c->boots[i];

		clock_stamp(boot->started_unix_ms, stamp);
		if (strlen(stamp) > 10)
			stamp[10] = ' ';
		number_duration(boot->ended_unix_ms - boot->started_unix_ms, took);
		fprintf(out, "<tr%s><th scope=\"row\">",
			boot->failure == FAILURE_NONE ? "" : " class=\"lost\"");
		put_link(out, boot, up);
		fprintf(out,
			"</th><td class=\"word key%d\">%s</td><td>%.19s</td><td>%s</td>"
			"<td>%zu</td><td>%zu</td><td class=\"word\">",
			boot->side == 'A' ? 1 : 2, boot->side == 'A' ? "base" : "new", stamp,
			took, boot->processes, boot->rejected);
		put_outcome(out, boot);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

void boots_failed(FILE *out, const struct comparison *c, const char *up)
{
	bool begun = false;

	for (size_t i = 0; i < c->boot_count; i++) {
		if (c->boots[i].failure == FAILURE_NONE)
			continue;
		fputs(begun ? "" : "<ul class=\"lost\">\n", out);
		begun = true;
		fputs("<li>boot ", out);
		put_link(out, &c->boots[i], up);
		fputs(": ", out);
		put_outcome(out, &c->boots[i]);
		fputs("</li>\n", out);
	}
	fputs(begun ? "</ul>\n" : "", out);
}

/* The value of a boot in a cell; false when it has none. */
static bool find_value(const struct cell *cell, size_t boot, double *ret)
{
	const struct cell_side *sides[] = {&cell->base, &cell->fresh};

	for (size_t s = 0; s < ARRAY_SIZE(sides); s++)
		for (size_t i = 0; i < sides[s]->count; i++)
			if (sides[s]->boots[i] == boot) {
				*ret = sides[s]->values[i];
				return true;
			}
	return false;
}

static void put_value(FILE *out, const struct comparison *c, const struct cell *cell,
	size_t boot, const char *name, const struct number_scale *scale, const char *up)
{
	char text[NUMBER_BYTES];
	auto_free char *address = address_boot(c->boots[boot].id, "html");
	double value;

	if (!find_value(cell, boot, &value)) {
		fputs("<td></td>", out);
		return;
	}
	number_scaled(value, scale, text);
	fprintf(out, "<td class=\"key%d\"><a href=\"%s%s#", c->boots[boot].side == 'A' ? 1 : 2,
		up, address);
	html_anchor(out, name);
	fprintf(out, "\">%s</a></td>", text);
}

static void put_values_row(
	FILE *out, const struct comparison *c, const struct cell *cell, const char *up)
{
	const struct comparison_metric *metric = &c->metrics[cell->metric];
	struct number_scale scale = number_scale(
		metric->unit, cell->base.count ? cell->base.mean : cell->fresh.mean);
	char name[DISPLAY_NAME_BYTES];

	display_cell_name(c, cell, name);
	fputs("<tr id=\"boots-", out);
	html_anchor(out, name);
	putc('.', out);
	html_anchor(out, metric->name);
	fputs("\"><th scope=\"row\">", out);
	html_text(out, name);
	fputs("</th><td class=\"word\">", out);
	html_text_cut(out, metric->name, 40);
	fprintf(out, "</td><td class=\"word unit\">%s</td>", scale.suffix);
	for (size_t boot = 0; boot < c->boot_count; boot++)
		put_value(out, c, cell, boot, name, &scale, up);
	fputs("</tr>\n", out);
}

void boots_values(FILE *out, const struct comparison *c, const char *up)
{
	fprintf(out,
		"<div class=\"wide\">\n<table class=\"values\">\n<caption>The value of every "
		"boot; each leads to the raw output behind it%s</caption>\n<thead><tr>"
		"<th scope=\"col\">configuration</th><th scope=\"col\" "
		"class=\"word\">metric</th>"
		"<th scope=\"col\" class=\"word\">unit</th>",
		c->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t boot = 0; boot < c->boot_count; boot++) {
		fputs("<th scope=\"col\">", out);
		put_link(out, &c->boots[boot], up);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < c->cell_count; i++)
		if (c->metrics[c->cells[i].metric].judged)
			put_values_row(out, c, &c->cells[i], up);
	fputs("</tbody>\n</table>\n</div>\n", out);
}
