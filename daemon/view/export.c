/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/export.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "rules/display.h"
#include "text/json.h"
#include "text/number.h"

static json_t *kernel_object(const struct comparison_side *side)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "commit",
		json_text(side->oid), "subject", json_text(side->subject), "author",
		json_text(side->author), "release", json_text(side->release), "build_id",
		json_text(side->build_id), "image_hash", json_text(side->image_hash),
		"config_hash", json_text(side->config_hash), "toolchain",
		json_text(side->toolchain), "failure",
		json_failure(side->failure, side->symptom, side->reason));
}

static json_t *boots_array(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->boot_count; i++) {
		const struct comparison_boot *b = &c->boots[i];

		json_array_append_new(array,
			json_pack("{s:I, s:i, s:s#, s:o, s:o, s:I, s:I, s:o, s:o}", "id",
				(json_int_t)b->id, "sequence", b->sequence, "side", &b->side, 1,
				"started", json_time(b->started_unix_ms), "ended",
				json_time(b->ended_unix_ms), "processes",
				(json_int_t)b->processes, "rejected", (json_int_t)b->rejected,
				"control", json_number_if(b->control > 0, b->control),
				"failure", json_failure(b->failure, b->symptom, b->reason)));
	}
	return array;
}

static json_t *scenarios_array(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->scenario_count; i++) {
		const struct comparison_scenario *s = &c->scenarios[i];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:b}", "name", json_text(s->name), "memory",
				json_text(s->memory), "command", json_text(s->command),
				"manual_protect", s->manual_protect));
	}
	return array;
}

static json_t *table_array(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->table_count; i++) {
		const struct reference_entry *e = &c->table[i];

		json_array_append_new(
			array, json_pack("{s:i, s:o, s:o, s:o, s:o, s:I}", "scenario",
				       e->scenario_number, "label", json_text(e->label),
				       "memory", json_text(e->memory), "mean_percent",
				       json_number_if(e->modes > 0, e->mean_pct), "sd_percent",
				       json_number_if(e->modes > 1, e->sd_pct), "modes",
				       (json_int_t)e->modes));
	}
	return array;
}

static json_t *side_object(const struct comparison *c, const struct cell_side *side)
{
	json_t *values = json_array();

	for (size_t i = 0; i < side->count; i++) {
		size_t boot = side->boots[i];

		json_array_append_new(values,
			json_pack("{s:I, s:o}", "boot",
				(json_int_t)(boot < c->boot_count ? c->boots[boot].id : 0),
				"value", json_number(side->values[i])));
	}
	return json_pack("{s:o, s:o, s:o}", "mean", json_number_if(side->count > 0, side->mean),
		"half_width", json_number_if(side->half_width > 0, side->half_width), "boots",
		values);
}

static const char *verdict_text(const struct cell *cell)
{
	return cell->in_family ? verdict_name(cell->verdict) : NULL;
}

static json_t *cell_object(const struct comparison *c, const struct cell *cell)
{
	const struct comparison_metric *metric = &c->metrics[cell->metric];
	bool interval = display_has_interval(cell);

	return json_pack(
		"{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
		"scenario", json_text(c->scenarios[cell->scenario].name), "mode",
		json_text(c->modes[cell->mode]), "metric", json_text(metric->name), "unit",
		json_text(metric->unit), "judged", cell->in_family, "verdict",
		json_text(verdict_text(cell)), "base", side_object(c, &cell->base), "new",
		side_object(c, &cell->fresh), "change",
		json_number_if(display_has_change(cell), cell->change), "interval",
		interval ? json_pack("[o, o]", json_number(cell->low), json_number(cell->high))
			 : json_null(),
		"p", json_number_if(interval, cell->p), "p_adjusted",
		json_number_if(interval && cell->in_family, cell->p_adjusted), "minimum_effect",
		json_number_if(cell->minimum > 0, cell->minimum), "detectable_effect",
		json_number_if(cell->mde > 0, cell->mde), "noisy_today", cell->noisy_today);
}

static json_t *cells_array(const struct comparison *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->cell_count; i++)
		json_array_append_new(array, cell_object(c, &c->cells[i]));
	return array;
}

static json_t *counts_object(const struct comparison *c)
{
	json_t *object = json_object();

	for (enum verdict v = VERDICT_REGRESSED; v < VERDICT_COUNT; v++)
		json_object_set_new(
			object, verdict_name(v), json_integer((json_int_t)c->verdicts[v]));
	return object;
}

static json_t *trust_object(const struct comparison_trust *t)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:b, s:i, s:i, s:o}", "moved",
		json_text(t->moved), "control", json_number_if(t->has_control, t->control),
		"baseline", json_number_if(t->has_baseline, t->baseline), "drift",
		json_number_if(t->has_drift, t->drift), "drift_moved", t->drift_moved,
		"control_between", json_number_if(t->has_between, t->between),
		"control_between_half", json_number_if(t->has_between, t->between_half),
		"control_differs", t->between_moved, "aa_runs", t->aa_runs, "aa_alerts",
		t->aa_alerts, "aa_limit", json_number_if(t->aa_runs > 0, t->aa_limit));
}

json_t *export_object(const struct comparison *c)
{
	bool judged = display_is_judged(c);
	json_t *root = json_pack("{s:s, s:i, s:I, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:I}",
		"format", "kvmperf.comparison", "version", 1, "id", (json_int_t)c->id, "state",
		json_text(c->state), "updated", json_time(c->updated_unix_ms), "branch",
		json_text(c->branch), "host", json_text(c->host), "emulated", c->emulated,
		"plan", json_text(c->plan), "plan_hash", json_text(c->plan_hash),
		"kernel_parameters", json_text(c->cmdline), "chunk_bytes",
		(json_int_t)c->chunk_bytes);

	if (!root)
		return NULL;
	json_object_set_new(root, "numbers", json_text(c->emulated ? DISPLAY_EMULATED : NULL));
	json_object_set_new(
		root, "headline", json_text(judged ? verdict_name(c->headline) : NULL));
	json_object_set_new(root, "sentence", json_text(c->sentence));
	json_object_set_new(root, "evidence", json_text(c->evidence));
	json_object_set_new(root, "doubted", json_text(c->doubted));
	json_object_set_new(root, "trust", trust_object(&c->trust));
	json_object_set_new(root, "cells_by_verdict", counts_object(c));
	json_object_set_new(root, "base", kernel_object(&c->base));
	json_object_set_new(root, "new", kernel_object(&c->fresh));
	json_object_set_new(root, "reference_table", table_array(c));
	json_object_set_new(root, "scenarios", scenarios_array(c));
	json_object_set_new(root, "boots", boots_array(c));
	json_object_set_new(root, "cells", cells_array(c));
	return root;
}

int export_json(FILE *out, const struct comparison *c, struct err *err)
{
	json_t *root = export_object(c);
	int r = 0;

	if (!root || json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) < 0)
		r = err_set(err, -EIO, "comparison %lld cannot be written as JSON",
			(long long)c->id);
	putc('\n', out);
	json_decref(root);
	return r;
}

void export_field(FILE *out, const char *value)
{
	const char *field = value ? value : "";
	auto_free char *valid = mem_new(3 * strlen(field) + 1, 1);

	utf8_repair(field, valid);
	putc('"', out);
	if (*valid && strchr("=+-@\t\r", *valid))
		putc('\'', out);
	for (const char *p = valid; *p; p++) {
		if (*p == '"')
			putc('"', out);
		putc(*p, out);
	}
	putc('"', out);
}

static void put_field(FILE *out, const char *value)
{
	export_field(out, value);
	putc(',', out);
}

static void put_number(FILE *out, bool known, double value)
{
	char number[NUMBER_BYTES];

	number_exact(value, number);
	fprintf(out, "%s,", known && isfinite(value) ? number : "");
}

void export_csv(FILE *out, const struct comparison *c)
{
	fputs("scenario,mode,metric,unit,verdict,base_boots,new_boots,base,new,change,low,high,"
	      "p,p_adjusted,minimum_effect,detectable_effect,numbers\r\n",
		out);
	for (size_t i = 0; i < c->cell_count; i++) {
		const struct cell *cell = &c->cells[i];
		const struct comparison_metric *metric = &c->metrics[cell->metric];
		bool interval = display_has_interval(cell);

		put_field(out, c->scenarios[cell->scenario].name);
		put_field(out, c->modes[cell->mode]);
		put_field(out, metric->name);
		put_field(out, metric->unit);
		put_field(out, verdict_text(cell));
		fprintf(out, "%zu,%zu,", cell->base.count, cell->fresh.count);
		put_number(out, cell->base.count, cell->base.mean);
		put_number(out, cell->fresh.count, cell->fresh.mean);
		put_number(out, display_has_change(cell), cell->change);
		put_number(out, interval, cell->low);
		put_number(out, interval, cell->high);
		put_number(out, interval, cell->p);
		put_number(out, interval && cell->in_family, cell->p_adjusted);
		put_number(out, cell->minimum > 0, cell->minimum);
		put_number(out, cell->mde > 0, cell->mde);
		fprintf(out, "%s\r\n", c->emulated ? "\"" DISPLAY_EMULATED "\"" : "");
	}
}
