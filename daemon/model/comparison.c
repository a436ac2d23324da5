/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/comparison.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	char glyph;
} verdicts[VERDICT_COUNT] = {
	[VERDICT_REGRESSED] = {"regressed", '+'},
	[VERDICT_IMPROVED] = {"improved", '-'},
	[VERDICT_UNCHANGED] = {"unchanged", '.'},
	[VERDICT_INCONCLUSIVE] = {"inconclusive", '?'},
	[VERDICT_FAILED] = {"failed", 'x'},
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict].name;
}

char verdict_glyph(enum verdict verdict)
{
	return verdicts[verdict].glyph;
}

static const char *const kinds[COMPARISON_KIND_COUNT] = {
	[COMPARISON_FIXED] = "fixed",
	[COMPARISON_CONFIRM] = "confirm",
	[COMPARISON_SCREEN] = "screen",
	[COMPARISON_AA] = "aa",
	[COMPARISON_CONTROL] = "control",
};

const char *comparison_kind_name(enum comparison_kind kind)
{
	return kinds[kind];
}

enum comparison_kind comparison_kind_from_name(const char *name)
{
	for (int i = 0; name && i < COMPARISON_KIND_COUNT; i++)
		if (strcmp(kinds[i], name) == 0)
			return (enum comparison_kind)i;
	return COMPARISON_FIXED;
}

static void side_clear(struct comparison_side *side)
{
	free(side->oid);
	free(side->subject);
	free(side->author);
	free(side->release);
	free(side->build_id);
	free(side->image_hash);
	free(side->config_hash);
	free(side->toolchain);
	free(side->reason);
	free(side->log_path);
}

static void cell_side_clear(struct cell_side *side)
{
	free(side->values);
	free(side->boots);
	free(side->sessions);
}

static void lists_clear(struct comparison *c)
{
	for (size_t i = 0; i < c->boot_count; i++)
		free(c->boots[i].reason);
	for (size_t i = 0; i < c->scenario_count; i++) {
		free(c->scenarios[i].name);
		free(c->scenarios[i].memory);
		free(c->scenarios[i].command);
	}
	for (size_t i = 0; i < c->mode_count; i++)
		free(c->modes[i]);
	for (size_t i = 0; i < c->metric_count; i++) {
		free(c->metrics[i].name);
		free(c->metrics[i].unit);
		free(c->metrics[i].title);
	}
	for (size_t i = 0; i < c->cell_count; i++) {
		cell_side_clear(&c->cells[i].base);
		cell_side_clear(&c->cells[i].fresh);
	}
	for (size_t i = 0; i < c->table_count; i++) {
		free(c->table[i].label);
		free(c->table[i].memory);
	}
}

void comparison_clear(struct comparison *c)
{
	lists_clear(c);
	side_clear(&c->base);
	side_clear(&c->fresh);
	free(c->boots);
	free(c->scenarios);
	free(c->modes);
	free(c->metrics);
	free(c->cells);
	free(c->table);
	free(c->branch);
	free(c->host);
	free(c->host_facts);
	free(c->plan);
	free(c->plan_hash);
	free(c->cmdline);
	free(c->kvm_mode);
	free(c->test_sha256);
	free(c->command);
	free(c->state);
	free(c->reason);
	for (size_t i = 0; c->commands && i < c->scenario_count * c->mode_count; i++)
		free(c->commands[i]);
	free(c->commands);
	free(c->sentence);
	free(c->doubted);
	free(c->evidence);
	free(c->method);
	memset(c, 0, sizeof(*c));
}
