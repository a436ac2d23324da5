/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/summary.h"

static const struct row {
	int scenario_number;
	bool manual_protect;
	const char *metric, *label;
} rows[] = {
	{1, false, "enable", "enable"},
	{2, true, "clear", "clear, average"},
	{2, true, "clear-first", "clear, first"},
	{2, true, "clear-later", "clear, later"},
};

static bool cell_belongs(const struct comparison *c, const struct cell *cell,
	const struct row *row, const char *memory)
{
	const struct comparison_scenario *s = &c->scenarios[cell->scenario];

	return s->manual_protect == row->manual_protect && !strcmp(s->memory, memory) &&
	       !strcmp(c->metrics[cell->metric].name, row->metric) && cell->base.count &&
	       cell->fresh.count;
}

static void add_entry(
	struct comparison *c, const struct row *row, const char *memory, double *percents)
{
	size_t n = 0;

	for (size_t i = 0; i < c->cell_count; i++)
		if (cell_belongs(c, &c->cells[i], row, memory))
			percents[n++] = 100 * c->cells[i].change;
	if (!n)
		return;
	c->table = mem_grow(c->table, c->table_count + 1, sizeof(*c->table));
	c->table[c->table_count++] = (struct reference_entry){
		.scenario_number = row->scenario_number,
		.label = mem_strdup(row->label),
		.memory = mem_strdup(memory),
		.mean_pct = summary_mean(percents, n),
		.sd_pct = sqrt(summary_variance(percents, n)),
		.modes = n,
	};
}

/* Is this the first scenario with its memory and protection? */
static bool is_first(const struct comparison *c, size_t scenario)
{
	const struct comparison_scenario *s = &c->scenarios[scenario];

	for (size_t i = 0; i < scenario; i++)
		if (c->scenarios[i].manual_protect == s->manual_protect &&
			!strcmp(c->scenarios[i].memory, s->memory))
			return false;
	return true;
}

void reference_fill(struct comparison *c)
{
	auto_free double *percents = MEM_NEW(double, c->cell_count + 1);

	for (size_t i = 0; i < c->table_count; i++) {
		free(c->table[i].label);
		free(c->table[i].memory);
	}
	c->table_count = 0;
	for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
		for (size_t i = 0; i < c->scenario_count; i++)
			if (c->scenarios[i].manual_protect == rows[k].manual_protect &&
				is_first(c, i))
				add_entry(c, &rows[k], c->scenarios[i].memory, percents);
}
