/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/reference.h"

#include <stdbool.h>
#include <string.h>

#include "model/plan.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/number.h"

enum { COLUMNS_MAX = 8, COLUMN_CHARS = 16 };

/* The table's columns: the kinds of memory in the order in which they first appear. */
struct columns {
	const char *memory[COLUMNS_MAX];
	size_t count;
};

static struct columns find_columns(const struct comparison *c)
{
	struct columns columns = {{NULL}, 0};

	for (size_t i = 0; i < c->table_count; i++) {
		size_t known = 0;

		while (known < columns.count &&
			strcmp(columns.memory[known], c->table[i].memory) != 0)
			known++;
		if (known == columns.count && known < COLUMNS_MAX)
			columns.memory[columns.count++] = c->table[i].memory;
	}
	return columns;
}

static bool same_row(const struct reference_entry *a, const struct reference_entry *b)
{
	return a->scenario_number == b->scenario_number && strcmp(a->label, b->label) == 0;
}

static bool begins_row(const struct comparison *c, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same_row(&c->table[i], &c->table[index]))
			return false;
	return true;
}

static const struct reference_entry *find_entry(
	const struct comparison *c, const struct reference_entry *row, const char *memory)
{
	for (size_t i = 0; i < c->table_count; i++)
		if (same_row(&c->table[i], row) && strcmp(c->table[i].memory, memory) == 0)
			return &c->table[i];
	return NULL;
}

/* The cell of an entry in one guest mode, or NULL. */
static const struct cell *find_cell(
	const struct comparison *c, const struct reference_entry *entry, size_t mode)
{
	size_t metric = entry ? display_entry_metric(c, entry) : c->metric_count;

	for (size_t s = 0; metric < c->metric_count && s < c->scenario_count; s++) {
		const struct comparison_scenario *scenario = &c->scenarios[s];

		if (strcmp(scenario->memory, entry->memory) == 0 &&
			scenario->manual_protect == (entry->scenario_number == 2))
			return display_find(c, s, mode, metric);
	}
	return NULL;
}

static const char *scenario_words(int number)
{
	return number == 1 ? "no manual protect" : "manual protect";
}

static void put_head(FILE *out, const struct comparison *c, const struct columns *columns)
{
	fprintf(out,
		"<table class=\"reference\">\n<caption>Mean percent change over the guest "
		"modes "
		"(standard deviation over the modes); %zu + %zu boots%s</caption>\n"
		"<thead><tr><th scope=\"col\"></th>",
		display_boots(c, 'A', false), display_boots(c, 'B', false),
		c->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t i = 0; i < columns->count; i++) {
		fputs("<th scope=\"col\">", out);
		html_text_cut(out, columns->memory[i], 40);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void put_means(FILE *out, const struct comparison *c, const struct reference_entry *row,
	const struct columns *columns)
{
	char text[NUMBER_BYTES];

	fprintf(out, "<tr class=\"mean\"><th scope=\"row\"><span>Scenario %d, %s:</span> ",
		row->scenario_number, scenario_words(row->scenario_number));
	html_text_cut(out, row->label, 60);
	fputs("</th>", out);
	for (size_t i = 0; i < columns->count; i++) {
		const struct reference_entry *entry = find_entry(c, row, columns->memory[i]);

		if (entry && entry->modes) {
			number_mean_sd(entry->mean_pct, entry->sd_pct, text);
			fprintf(out, "<td>%s</td>", text);
		} else {
			fputs("<td class=\"none\">no data</td>", out);
		}
	}
	fputs("</tr>\n", out);
}

static void put_modes(FILE *out, const struct comparison *c, const struct reference_entry *row,
	const struct columns *columns)
{
	char text[NUMBER_BYTES], mode_short[64];

	for (size_t mode = 0; mode < c->mode_count; mode++) {
		if (display_entry_metric(c, row) == c->metric_count)
			return;
		plan_mode_short(c->modes[mode], mode_short, sizeof(mode_short));
		fputs("<tr class=\"mode\"><th scope=\"row\">", out);
		html_text(out, mode_short);
		fputs("</th>", out);
		for (size_t i = 0; i < columns->count; i++) {
			const struct cell *cell =
				find_cell(c, find_entry(c, row, columns->memory[i]), mode);

			if (cell && display_has_change(cell)) {
				number_percent(cell->change, text);
				fprintf(out, "<td>%s</td>", text);
			} else {
				fputs("<td></td>", out);
			}
		}
		fputs("</tr>\n", out);
	}
}

void reference_table(FILE *out, const struct comparison *c)
{
	struct columns columns = find_columns(c);

	if (!columns.count)
		return;
	fputs("<div class=\"wide\">\n", out);
	put_head(out, c, &columns);
	for (size_t i = 0; i < c->table_count; i++) {
		if (!begins_row(c, i))
			continue;
		fputs("<tbody>\n", out);
		put_means(out, c, &c->table[i], &columns);
		put_modes(out, c, &c->table[i], &columns);
		fputs("</tbody>\n", out);
	}
	fputs("</table>\n</div>\n", out);
}

/* As many columns as 80 characters hold beside the row's name. */
static size_t text_columns(const struct columns *columns)
{
	return columns->count > 3 ? 3 : columns->count;
}

static void text_row(FILE *out, const struct comparison *c, const struct reference_entry *row,
	const struct columns *columns, size_t first)
{
	char text[NUMBER_BYTES], mode_short[64];
	size_t last = first + 3 < columns->count ? first + 3 : columns->count;

	fprintf(out, "  %-27.27s", row->label);
	for (size_t i = first; i < last; i++) {
		const struct reference_entry *entry = find_entry(c, row, columns->memory[i]);

		if (entry && entry->modes)
			number_mean_sd(entry->mean_pct, entry->sd_pct, text);
		fprintf(out, " %*.*s", COLUMN_CHARS, COLUMN_CHARS,
			entry && entry->modes ? text : "no data");
	}
	putc('\n', out);
	for (size_t m = 0; m < c->mode_count && display_entry_metric(c, row) < c->metric_count;
		m++) {
		plan_mode_short(c->modes[m], mode_short, sizeof(mode_short));
		fprintf(out, "    %-25.25s", mode_short);
		for (size_t i = first; i < last; i++) {
			const struct cell *cell =
				find_cell(c, find_entry(c, row, columns->memory[i]), m);

			if (cell && display_has_change(cell))
				number_percent(cell->change, text);
			/* the numbers stand under the mean, not under its spread */
			fprintf(out, " %*.*s%s", COLUMN_CHARS - 6, COLUMN_CHARS - 6,
				cell && display_has_change(cell) ? text : "",
				i + 1 < last ? "      " : "");
		}
		putc('\n', out);
	}
}

void reference_text(FILE *out, const struct comparison *c)
{
	struct columns columns = find_columns(c);

	for (size_t first = 0; first < columns.count; first += text_columns(&columns)) {
		int number = 0;

		fputs("\n  mean change over the guest modes (stdev over the modes)\n", out);
		for (size_t i = 0; i < c->table_count; i++) {
			if (!begins_row(c, i))
				continue;
			if (c->table[i].scenario_number != number) {
				number = c->table[i].scenario_number;
				fprintf(out, "\nScenario %d, %-17s", number,
					scenario_words(number));
				for (size_t m = first; m < columns.count && m < first + 3; m++)
					fprintf(out, " %*.*s", COLUMN_CHARS, COLUMN_CHARS,
						columns.memory[m]);
				putc('\n', out);
			}
			text_row(out, c, &c->table[i], &columns, first);
		}
	}
}
