/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/unfold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"

void unfold_clear(struct unfold *unfold)
{
	for (size_t i = 0; i < DISPLAY_UNFOLDED; i++) {
		free(unfold->boots[i].name);
		free(unfold->history[i].name);
	}
	memset(unfold, 0, sizeof(*unfold));
}

size_t unfold_find(const struct unfold *unfold, size_t cell)
{
	for (size_t i = 0; i < unfold->count; i++)
		if (unfold->cells[i] == cell)
			return i;
	return DISPLAY_UNFOLDED;
}

static void put_picture(FILE *out, const struct unfold_picture *picture, const char *alt)
{
	fprintf(out,
		"<a href=\"%s\"><img loading=\"lazy\" src=\"%s\" width=\"%g\" height=\"%g\" "
		"alt=\"%s\"></a></figure>\n",
		picture->name, picture->name, picture->width, picture->height, alt);
}

static void put_boots(FILE *out, const struct comparison *c, const struct cell *cell,
	const struct unfold_picture *picture)
{
	if (!picture->name)
		return;
	fprintf(out,
		"<figure><figcaption><b>Boots</b>: n = %zu+%zu, a dot each; line: mean and "
		"its 95 %% interval; grey: the minimum effect around the base. Right: in the "
		"order of execution; dashed: new lab session; + without a value%s"
		"</figcaption>\n",
		cell->base.count, cell->fresh.count, c->emulated ? "; " DISPLAY_EMULATED : "");
	put_picture(out, picture,
		"every boot as a dot, by kernel and in the order of execution; numbers: the "
		"value of every boot");
}

static void put_history(FILE *out, const struct comparison *c, const struct history_past *past,
	size_t number, const struct unfold_picture *picture)
{
	if (!past || number >= past->count || !past->tracks[number].count)
		return;
	fprintf(out,
		"<figure><figcaption><b>History</b>: n = %zu kernels of the branch up to this "
		"one; rings: A and B; line: level; grey: two standard deviations; bar across: "
		"change of level; dashed: new epoch%s</figcaption>\n",
		past->tracks[number].count, c->emulated ? "; " DISPLAY_EMULATED : "");
	if (picture->name)
		put_picture(out, picture,
			"the cell over the kernels of its branch; numbers: histories in the "
			"JSON, and its history page");
	else
		fputs("</figure>\n", out);
}

/* By copy and paste, on a machine that has the two kernels and the test. */
static void put_commands(FILE *out, const struct comparison *c, const struct cell *cell)
{
	const char *literal =
		c->commands ? c->commands[cell->scenario * c->mode_count + cell->mode] : NULL;

	fputs("<pre>", out);
	if (literal) {
		html_text_cut(out, literal, 400);
	} else {
		fputs("dirty_log_perf_test ", out);
		html_text_cut(out, c->scenarios[cell->scenario].command, 200);
		fputs("   # guest mode ", out);
		html_text_cut(out, c->modes[cell->mode], 80);
	}
	fputs("\nkvmperf run --repo REPOSITORY --base ", out);
	html_text_cut(out, c->base.oid, 64);
	fputs(" --new ", out);
	html_text_cut(out, c->fresh.oid, 64);
	fputs(" --plan ", out);
	html_text_cut(out, c->plan, 80);
	fputs(" --host ", out);
	html_text_cut(out, c->host, 80);
	fputs("\n</pre>\n<p><a href=\"#reproduce\">All commands, kernel parameters and "
	      "preparation</a></p>\n",
		out);
}

static void put_links(
	FILE *out, const struct comparison *c, const struct cell *cell, const char *up)
{
	const char *metric = c->metrics[cell->metric].name;
	char name[DISPLAY_NAME_BYTES];

	display_cell_name(c, cell, name);
	fputs("<p>", out);
	if (up) {
		auto_free char *address = address_family(
			c->host, c->scenarios[cell->scenario].name, metric, "html");

		fprintf(out, "<a href=\"%s%s\">whole history</a>, ", up, address);
	}
	fputs("<a href=\"#boots-", out);
	html_anchor(out, name);
	putc('.', out);
	html_anchor(out, metric);
	fputs("\">the values of its boots</a> and the raw output behind each</p>\n", out);
}

void unfold_put(FILE *out, const struct comparison *c, const struct unfold *unfold,
	size_t number, const char *up)
{
	const struct cell *cell = &c->cells[unfold->cells[number]];

	fputs("<details><summary>", out);
	html_text_cut(out, c->metrics[cell->metric].name, 40);
	fputs("</summary><div class=\"proof\"><div>\n", out);
	put_links(out, c, cell, up);
	put_boots(out, c, cell, &unfold->boots[number]);
	put_history(out, c, unfold->past, number, &unfold->history[number]);
	put_commands(out, c, cell);
	fputs("</div></div></details>", out);
}

static json_t *kernels_json(const struct history_past *past, size_t number)
{
	const struct history_track *track = &past->tracks[number];
	json_t *array = json_array();

	for (size_t i = 0; i < past->line.kernel_count && track->values; i++)
		if (isfinite(track->values[i]))
			json_array_append_new(
				array, json_pack("{s:o, s:I, s:o}", "commit",
					       json_text(past->line.kernels[i].oid), "epoch",
					       (json_int_t)past->line.kernels[i].epoch_id,
					       "value", json_number(exp(track->values[i]))));
	return array;
}

static json_t *changes_json(const struct history_past *past, size_t number)
{
	const struct history_track *track = &past->tracks[number];
	json_t *array = json_array();

	for (size_t i = 0; i < track->change_count; i++) {
		const struct history_change *c = &track->changes[i];
		const struct history_kernel *kernels = past->line.kernels;

		json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:o}", "commit",
						     json_text(kernels[c->kernel].oid), "first",
						     json_text(kernels[c->first].oid), "last",
						     json_text(kernels[c->last].oid), "change",
						     json_number(c->change)));
	}
	return array;
}

json_t *unfold_json(const struct comparison *c, const struct unfold *unfold)
{
	const struct history_past *past = unfold->past;
	json_t *array = json_array();

	for (size_t i = 0; past && i < unfold->count && i < past->count; i++) {
		const struct cell *cell = &c->cells[unfold->cells[i]];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "scenario",
				json_text(c->scenarios[cell->scenario].name), "mode",
				json_text(c->modes[cell->mode]), "metric",
				json_text(c->metrics[cell->metric].name), "kernels",
				kernels_json(past, i), "changes", changes_json(past, i)));
	}
	return array;
}
