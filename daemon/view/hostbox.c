/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/hostbox.h"

#include <string.h>

#include "base/mem.h"
#include "text/number.h"

static const char rule[] =
	"+--------------+--------------+-----------+-----------------+--------------+\n";

static const char *const words[VERDICT_COUNT] = {
	[VERDICT_REGRESSED] = "regression",
	[VERDICT_IMPROVED] = "improvement",
	[VERDICT_UNCHANGED] = "no change",
	[VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_FAILED] = "no data",
};

static void put_row(struct str *out, const char *host, const char *scenario, const char *change,
	const char *interval, const char *word)
{
	str_addf(out, "| %-12.12s | %-12.12s | %9s | %-15.15s | %-12.12s |\n", host, scenario,
		change, interval, word);
}

static void put_cell(struct str *out, const struct comparison *c, const struct cell *cell)
{
	char change[NUMBER_BYTES] = "", low[NUMBER_BYTES], high[NUMBER_BYTES];
	auto_free char *interval = NULL;

	if (cell->verdict != VERDICT_FAILED) {
		number_percent(cell->change, change);
		number_percent_bare(cell->low, low);
		number_percent_bare(cell->high, high);
		interval = mem_printf("%s, %s", low, high);
	}
	put_row(out, c->host, c->scenarios[cell->scenario].name, change,
		interval ? interval : "", words[cell->verdict]);
}

static void put_host(
	struct str *out, const struct comparison *c, const char *metric, const char *mode)
{
	size_t rows = 0;

	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		if (strcmp(c->metrics[cell->metric].name, metric) ||
			strcmp(c->modes[cell->mode], mode))
			continue;
		put_cell(out, c, cell);
		rows++;
	}
	if (!rows)
		put_row(out, c->host, "", "", "", "not measured");
}

void hostbox_lines(struct str *out, const struct comparison *first, const struct cell *cell,
	const struct comparison *others, size_t other_count)
{
	const char *metric = first->metrics[cell->metric].name;
	const char *mode = first->modes[cell->mode];

	str_addf(
		out, "The same commits on the other hosts (%s, %s):\n\n%s", metric, mode, rule);
	put_row(out, "host", "scenario", "change", "95% CI", "verdict");
	str_add(out, rule);
	put_host(out, first, metric, mode);
	for (size_t i = 0; i < other_count; i++)
		put_host(out, &others[i], metric, mode);
	str_add(out, rule);
}
