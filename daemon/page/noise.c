/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/noise.h"

#include <math.h>

#include <jansson.h>

#include "base/mem.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/json.h"

enum { SUITABLE_PERCENT = 5 };

/* "0.31" for 0.0031; "-" where there is too little to tell. */
static void put_percent(FILE *out, int width, double value)
{
	if (isfinite(value))
		fprintf(out, "%*.2f", width, 100 * fmin(value, 99));
	else
		fprintf(out, "%*s", width, "-");
}

/* So few instructions or so short a time that no change of 5 % counts there. */
static bool is_small(const struct noise_cell *row)
{
	return row->minimum > NOISE_SMALL;
}

static void put_row(FILE *out, const char *title, const struct noise_cell *row)
{
	fprintf(out, "%-30s", title);
	put_percent(out, 9, row->sd_process);
	put_percent(out, 7, row->sd_boot);
	put_percent(out, 9, row->sd_session);
	fputs("  ", out);
	for (size_t i = 0; i < NOISE_SIZES; i++)
		if (is_small(row))
			fprintf(out, "%8s", "floor");
		else
			put_percent(out, 8, row->mde[i]);
	putc('\n', out);
}

static void put_head(FILE *out)
{
	fprintf(out,
		"%-30s  spread (sd), %%            change seen (%%) with\n%-30s%9s%7s%9s  ", "",
		"metric", "process", "boot", "session");
	for (size_t i = 0; i < NOISE_SIZES; i++)
		fprintf(out, "     %d+%d", noise_boots[i], noise_boots[i]);
	putc('\n', out);
}

static bool any_small(const struct noise *noise)
{
	for (size_t i = 0; i < noise->metric_count; i++)
		if (is_small(&noise->metrics[i].middle) || is_small(&noise->metrics[i].worst))
			return true;
	return false;
}

/* Which number of boots sees a change of 5 % in the middle cell of every metric. */
static void put_advice(FILE *out, const struct noise *noise)
{
	for (size_t size = 0; size < NOISE_SIZES; size++) {
		double worst = 0;

		for (size_t i = 0; i < noise->metric_count; i++) {
			double middle = noise->metrics[i].middle.mde[size];

			if (!is_small(&noise->metrics[i].middle))
				worst = fmax(worst, isfinite(middle) ? middle : INFINITY);
		}
		if (worst == 0) {
			fputs("No metric is large enough to be judged with this plan: give it "
			      "more "
			      "memory (-b).\n",
				out);
			return;
		}
		if (100 * worst > SUITABLE_PERCENT)
			continue;
		fprintf(out,
			"%d+%d boots see %.1f %% in the middle cell of every metric that is "
			"large "
			"enough\n(boots = %d in the plan).\n",
			noise_boots[size], noise_boots[size], 100 * worst, noise_boots[size]);
		return;
	}
	fprintf(out,
		"Even %d+%d boots do not see %d %% in every metric: look for what disturbs the "
		"host\n(first-verdict.md), or judge the quiet metrics only.\n",
		noise_boots[NOISE_SIZES - 1], noise_boots[NOISE_SIZES - 1], SUITABLE_PERCENT);
}

void page_noise_write(FILE *out, const struct comparison *c, const struct noise *noise)
{
	fprintf(out, "Noise of host %s, kernel %.12s with itself, plan ", c->host, c->base.oid);
	terminal_text(out, c->plan, 60);
	fprintf(out, ":\n%zu boots of %zu processes in %zu lab session%s%s.\n\n", noise->boots,
		noise->processes, noise->sessions, noise->sessions == 1 ? "" : "s",
		c->emulated ? "; instructions executed, emulated host, not time" : "");
	put_head(out);
	for (size_t i = 0; i < noise->metric_count; i++) {
		const struct noise_metric *m = &noise->metrics[i];

		put_row(out, c->metrics[m->metric].title, &m->middle);
		if (m->cells > 1)
			put_row(out, "  worst cell", &m->worst);
	}
	fprintf(out,
		"\nA change of one cell alone that is found in 80 %% of the cases; what moves "
		"more\n"
		"cells is found sooner. %zu cell%s would have been flagged here, where "
		"nothing\n"
		"changed.\n",
		c->flagged, c->flagged == 1 ? "" : "s");
	if (any_small(noise))
		fputs("floor: values so small that 5 % of them is below what counts at all "
		      "(20,000\ninstructions, 0.2 ms).\n",
			out);
	if (noise->sessions < 2)
		fputs("What a lab session adds is not known from one: run it again tomorrow, "
		      "with\n"
		      "--again.\n",
			out);
	if (noise->metric_count)
		put_advice(out, noise);
}

/* ---- JSON ---- */

static json_t *numbers_json(const struct noise_cell *cell)
{
	json_t *sizes = json_array();

	for (size_t i = 0; i < NOISE_SIZES; i++)
		json_array_append_new(
			sizes, json_pack("{s:i, s:o}", "boots_each", noise_boots[i],
				       "detectable_effect",
				       json_number_if(isfinite(cell->mde[i]), cell->mde[i])));
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "sd_process",
		json_number_if(isfinite(cell->sd_process), cell->sd_process), "sd_boot",
		json_number_if(isfinite(cell->sd_boot), cell->sd_boot), "sd_session",
		json_number_if(isfinite(cell->sd_session), cell->sd_session), "sd",
		json_number_if(isfinite(cell->sd), cell->sd), "sizes", sizes);
}

static json_t *metrics_json(const struct comparison *c, const struct noise *noise)
{
	json_t *array = json_array();

	for (size_t i = 0; i < noise->metric_count; i++) {
		const struct noise_metric *m = &noise->metrics[i];

		json_array_append_new(
			array, json_pack("{s:o, s:i, s:o, s:o}", "metric",
				       json_text(c->metrics[m->metric].name), "cells",
				       (int)m->cells, "middle", numbers_json(&m->middle),
				       "worst", numbers_json(&m->worst)));
	}
	return array;
}

static json_t *cells_json(const struct comparison *c, const struct noise *noise)
{
	json_t *array = json_array();

	for (size_t i = 0; i < noise->cell_count; i++) {
		const struct cell *cell = &c->cells[i];

		json_array_append_new(
			array, json_pack("{s:o, s:o, s:o, s:b, s:o}", "scenario",
				       json_text(c->scenarios[cell->scenario].name), "mode",
				       json_text(c->modes[cell->mode]), "metric",
				       json_text(c->metrics[cell->metric].name), "judged",
				       noise->cells[i].judged, "noise",
				       numbers_json(&noise->cells[i])));
	}
	return array;
}

void page_noise_json(FILE *out, const struct comparison *c, const struct noise *noise)
{
	json_t *root = json_pack("{s:s, s:o, s:b, s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:o}",
		"schema", "kvmperf.noise.v1", "host", json_text(c->host), "emulated",
		c->emulated, "plan", json_text(c->plan), "kernel", json_text(c->base.oid),
		"boots", (json_int_t)noise->boots, "processes", (json_int_t)noise->processes,
		"lab_sessions", (json_int_t)noise->sessions, "flagged", (json_int_t)c->flagged,
		"metrics", metrics_json(c, noise), "cells", cells_json(c, noise));

	json_dumpf(root, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(root);
}
