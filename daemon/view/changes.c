/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/changes.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/number.h"

/* The texts of one row; page and terminal are written from the same ones. */
struct row_text {
	char name[DISPLAY_NAME_BYTES];
	const char *metric;
	char base[NUMBER_BYTES], base_half[NUMBER_BYTES];
	char fresh[NUMBER_BYTES], fresh_half[NUMBER_BYTES];
	const char *suffix;
	char change[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];
	char mde[NUMBER_BYTES];
};

static void side_text(const struct cell_side *side, const struct number_scale *scale,
	char mean[NUMBER_BYTES], char half[NUMBER_BYTES])
{
	strcpy(mean, "no data");
	half[0] = '\0';
	if (!side->count)
		return;
	number_scaled(side->mean, scale, mean);
	if (side->half_width > 0)
		number_scaled(side->half_width, scale, half);
}

static void make_text(const struct comparison *c, const struct cell *cell, struct row_text *ret)
{
	const struct comparison_metric *metric = &c->metrics[cell->metric];
	struct number_scale scale = number_scale(
		metric->unit, cell->base.count ? cell->base.mean : cell->fresh.mean);

	memset(ret, 0, sizeof(*ret));
	display_cell_name(c, cell, ret->name);
	ret->metric = metric->name;
	ret->suffix = scale.suffix;
	side_text(&cell->base, &scale, ret->base, ret->base_half);
	side_text(&cell->fresh, &scale, ret->fresh, ret->fresh_half);
	if (display_has_change(cell))
		number_percent_bare(cell->change, ret->change);
	if (display_has_interval(cell)) {
		number_percent_bare(cell->low, ret->low);
		number_percent_bare(cell->high, ret->high);
	}
	if (display_is_below_floor(cell))
		strcpy(ret->mde, "floor");
	else if (cell->mde > 0)
		snprintf(ret->mde, sizeof(ret->mde), "%.1f", 100 * fmin(cell->mde, 99));
}

static void put_side(FILE *out, const char *mean, const char *half, const char *suffix)
{
	fprintf(out, "<td>%s", mean);
	if (*half)
		fprintf(out, "<small> ±%s</small>", half);
	if (*suffix && strcmp(mean, "no data") != 0)
		fprintf(out, "<small class=\"unit\"> %s</small>", suffix);
	fputs("</td>", out);
}

static void put_anchor(FILE *out, const char *kind, const struct row_text *text)
{
	fprintf(out, "%s-", kind);
	html_anchor(out, text->name);
	putc('.', out);
	html_anchor(out, text->metric);
}

/* "3+3"; of a judged cell it leads to the values of these boots. */
static void put_boots(FILE *out, const struct comparison *c, const struct cell *cell,
	const struct row_text *text)
{
	bool judged = c->metrics[cell->metric].judged && c->boot_count;

	if (judged) {
		fputs("<a href=\"#", out);
		put_anchor(out, "boots", text);
		fputs("\">", out);
	}
	fprintf(out, "%zu+%zu%s%s", cell->base.count, cell->fresh.count, judged ? "</a>" : "",
		cell->noisy_today ? " <small>noisy</small>" : "");
}

static const char *tone_class(enum display_tone tone)
{
	static const char *const classes[] = {
		[DISPLAY_NONE] = "",
		[DISPLAY_WORSE] = " class=\"worse\"",
		[DISPLAY_BETTER] = " class=\"better\"",
		[DISPLAY_MISSING] = " class=\"lost\"",
	};

	return classes[tone];
}

/* A cell with values has a history. */
static void put_metric(FILE *out, const struct changes_table *table, const struct cell *cell,
	const char *metric)
{
	const struct comparison *c = table->comparison;
	bool leads = table->up && (cell->base.count || cell->fresh.count);
	auto_free char *address =
		address_family(c->host, c->scenarios[cell->scenario].name, metric, "html");

	if (leads)
		fprintf(out, "<a href=\"%s%s\" title=\"history\">", table->up, address);
	html_text_cut(out, metric, 40);
	fputs(leads ? "</a>" : "", out);
}

static void put_row(FILE *out, const struct changes_table *table, size_t index)
{
	const struct comparison *c = table->comparison;
	const struct cell *cell = &c->cells[index];
	struct row_text text;

	make_text(c, cell, &text);
	fputs("<tr id=\"", out);
	put_anchor(out, "cell", &text);
	fprintf(out, "\"%s><td class=\"glyph\">%c</td><th scope=\"row\">",
		tone_class(display_tone(c, cell)), display_glyph(cell));
	html_text(out, text.name);
	fputs("</th><td class=\"word\">", out);
	if (!table->unfold || !table->unfold(out, table->unfold_data, index))
		put_metric(out, table, cell, text.metric);
	fputs("</td>", out);
	put_side(out, text.base, text.base_half, text.suffix);
	put_side(out, text.fresh, text.fresh_half, text.suffix);
	fprintf(out, "<td class=\"change\">%s</td>", text.change);
	if (*text.low)
		fprintf(out, "<td class=\"interval\">[%s, %s]</td>", text.low, text.high);
	else
		fputs("<td class=\"interval\"></td>", out);
	if (table->piece) {
		fputs("<td class=\"forest\">", out);
		table->piece(out, table->data, index);
		fputs("</td>", out);
	}
	fputs("<td>", out);
	put_boots(out, c, cell, &text);
	fprintf(out, "</td><td>%s</td></tr>\n", text.mde);
}

static bool has_floor(const struct changes_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (display_is_below_floor(&table->comparison->cells[table->order[i]]))
			return true;
	return false;
}

void changes_table(FILE *out, const struct changes_table *table)
{
	fprintf(out,
		"<div class=\"wide\">\n<table class=\"changes\">\n<caption>%s%s</caption>\n"
		"<thead><tr><th scope=\"col\" class=\"glyph\"></th>"
		"<th scope=\"col\">configuration</th><th scope=\"col\">metric</th>"
		"<th scope=\"col\">base</th><th scope=\"col\">new</th>"
		"<th scope=\"col\">change, %%</th><th scope=\"col\">95 %% interval</th>",
		table->caption,
		has_floor(table)
			? "; floor: too small for a percentage, its minimum effect is absolute"
			: "");
	if (table->piece) {
		fputs("<th scope=\"col\" class=\"forest\">", out);
		table->head(out, table->data);
		fputs("</th>", out);
	}
	fputs("<th scope=\"col\">boots</th><th scope=\"col\">sees, %</th></tr></thead>\n"
	      "<tbody>\n",
		out);
	for (size_t i = 0; i < table->count; i++)
		put_row(out, table, table->order[i]);
	fputs("</tbody>\n</table>\n</div>\n", out);
}

void changes_text(FILE *out, const struct changes_table *table)
{
	const struct comparison *c = table->comparison;

	fprintf(out, "  %-26s %-14s %12s %12s %8s %-18s %5s\n", "configuration", "metric",
		"base", "new", "change %", " 95 % interval", "boots");
	for (size_t i = 0; i < table->count; i++) {
		const struct cell *cell = &c->cells[table->order[i]];
		char base[2 * NUMBER_BYTES], fresh[2 * NUMBER_BYTES], interval[64] = "";
		struct row_text text;

		make_text(c, cell, &text);
		snprintf(base, sizeof(base), "%s %s", text.base, text.suffix);
		snprintf(fresh, sizeof(fresh), "%s %s", text.fresh, text.suffix);
		if (*text.low)
			snprintf(interval, sizeof(interval), "[%.24s, %.24s]", text.low,
				text.high);
		fprintf(out, "%c %-26.60s %-14.30s %12s %12s %8s %-18s %zu+%zu\n",
			display_glyph(cell), text.name, text.metric, base, fresh, text.change,
			interval, cell->base.count, cell->fresh.count);
	}
}
