/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "text/svg.h"
#include "view/document.h"
#include "view/drift.h"
#include "view/export.h"
#include "view/picture.h"

enum { PLOT_LIMIT_MS = 30000 };

/* The plots of all metrics, large, then small. */
static int draw(const struct drift *drift, struct plotter *plotter, char ***ret,
	size_t *ret_count, struct err *err)
{
	auto_free char *script = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&script, &size);
	int r = 0;

	*ret_count = drift_script(out, drift, false);
	*ret_count += drift_script(out, drift, true);
	fclose(out);
	if (*ret_count)
		r = plotter_draw(plotter, script, *ret_count, PLOT_LIMIT_MS, ret, err);
	return r;
}

static char *spark_address(const struct drift *drift, const char *metric)
{
	auto_free char *ext = mem_printf("%.60s.svg", metric);

	return address_drift(drift->line->branch, drift->line->host, ext);
}

static int save_sparks(
	const char *site_folder, const struct drift *drift, char *const *plots, struct err *err)
{
	int r = 0;

	for (size_t k = 0; k < drift->metric_count && r == 0; k++) {
		const char *name = drift->metrics[k].name;
		auto_free char *address = spark_address(drift, name);
		struct picture picture;

		/* its numbers stand beside it on the front page, with the word on them */
		picture_make(plots[k], drift->line->emulated ? DISPLAY_EMULATED : name, false,
			&picture);
		if (picture.bytes)
			r = document_save_bytes(
				site_folder, address, picture.bytes, picture.size, err);
		free(picture.bytes);
	}
	return r;
}

static void put_kernel(struct document *page, const struct history_kernel *kernel)
{
	auto_free char *address = address_kernel(kernel->oid, "html");

	fputs("<a ", page->out);
	document_href(page, address, NULL);
	putc('>', page->out);
	html_commit(page->out, kernel->oid);
	fputs("</a>", page->out);
}

static void put_head(struct document *page, const struct drift *drift, const char *anchor)
{
	const struct history_kernel *kernel = &drift->line->kernels[drift->anchor];
	FILE *out = page->out;

	fputs("<section class=\"verdict none\">\n<h1>", out);
	html_text_cut(out, drift->line->branch, 100);
	if (drift->kernels) {
		fputs(": ", out);
		drift_text(out, &drift->change);
		fprintf(out, " since %s</h1>\n<p>", anchor);
	} else {
		fprintf(out, ": nothing to compare with %s yet</h1>\n<p>", anchor);
	}
	fprintf(out, "on host ");
	html_text_cut(out, drift->line->host, 60);
	fprintf(out,
		"; geometric mean over %zu configurations, the newest 5 of %zu kernels that "
		"have "
		"all of them; a drift is no verdict</p>\n",
		drift->cells, drift->kernels);
	if (drift->line->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", out);
	fputs("</section>\n<p>The anchor is ", out);
	put_kernel(page, kernel);
	putc(' ', out);
	html_text_cut(out, kernel->subject, 100);
	fputs(": the newest release of this epoch among the kernels of the branch, or else the "
	      "first kernel of the epoch. Values of other epochs are not compared.</p>\n",
		out);
}

static void put_table(FILE *out, const struct drift *drift)
{
	fprintf(out,
		"<div class=\"wide\">\n<table class=\"lines\">\n<caption>Newest kernels "
		"against "
		"the anchor; interval: 95 %%%s</caption>\n<thead><tr><th scope=\"col\">metric"
		"</th><th scope=\"col\">configurations</th><th scope=\"col\">drift</th></tr>"
		"</thead>\n<tbody>\n",
		drift->line->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t k = 0; k < drift->metric_count; k++) {
		fputs("<tr><th scope=\"row\">", out);
		html_text_cut(out, drift->metrics[k].name, 60);
		fprintf(out, "</th><td>%zu</td><td>", drift->metrics[k].cells);
		drift_text(out, &drift->metrics[k].change);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_figure(FILE *out, const struct drift *drift, const struct drift_metric *metric,
	const char *plot)
{
	double width, height;

	if (svg_size(plot, &width, &height) < 0)
		return;
	fputs("<figure id=\"", out);
	html_anchor(out, metric->name);
	fputs("\"><figcaption><b>", out);
	html_text_cut(out, metric->name, 60);
	fprintf(out,
		"</b>: n = %zu kernels, a mean over %zu configurations each; grey: the minimum "
		"effect; dotted: event%s</figcaption>\n<div class=\"wide\"><svg viewBox=\"0 0 "
		"%g "
		"%g\" width=\"%g\" height=\"%g\" role=\"img\"><title>",
		drift->kernels, metric->cells,
		drift->line->emulated ? "; " DISPLAY_EMULATED : "", width, height, width,
		height);
	html_text_cut(out, metric->name, 60);
	fputs(" in percent of the anchor: ", out);
	drift_text(out, &metric->change);
	fputs(". Numbers: JSON and CSV.</title>", out);
	svg_body(out, plot);
	fputs("</svg></div></figure>\n", out);
}

static json_t *change_json(const struct drift_change *c)
{
	return json_pack("{s:o, s:o}", "change", json_number(c->change), "interval",
		c->has_interval ? json_pack("[o, o]", json_number(c->low), json_number(c->high))
				: json_null());
}

static json_t *metrics_json(const struct drift *drift)
{
	json_t *array = json_array();

	for (size_t k = 0; k < drift->metric_count; k++) {
		const struct drift_metric *m = &drift->metrics[k];
		json_t *values = json_array();

		for (size_t i = 0; i < drift->window.count; i++)
			json_array_append_new(values, json_number(expm1(m->values[i])));
		json_array_append_new(
			array, json_pack("{s:o, s:I, s:o, s:o}", "name", json_text(m->name),
				       "configurations", (json_int_t)m->cells, "drift",
				       change_json(&m->change), "values", values));
	}
	return array;
}

static json_t *drift_json(const struct drift *drift, const char *anchor)
{
	const struct history_line *line = drift->line;
	json_t *kernels = json_array(), *events = json_array();

	for (size_t i = 0; i < drift->window.count; i++)
		json_array_append_new(
			kernels, json_text(line->kernels[drift->window.first + i].oid));
	for (size_t i = 0; i < drift->mark_count; i++)
		json_array_append_new(
			events, json_pack("{s:I, s:o}", "id", (json_int_t)drift->marks[i].event,
					"commit",
					json_text(line->kernels[drift->window.first +
								drift->marks[i].kernel]
							  .oid)));
	return json_pack("{s:s, s:i, s:o, s:o, s:b, s:o, s:o, s:s, s:o, s:o, s:o, s:o}",
		"format", "kvmperf.drift", "version", 1, "branch", json_text(line->branch),
		"host", json_text(line->host), "emulated", line->emulated, "numbers",
		json_text(line->emulated ? DISPLAY_EMULATED : NULL), "anchor",
		json_text(line->kernels[drift->anchor].oid), "anchor_name", anchor, "drift",
		change_json(&drift->change), "kernels", kernels, "events", events, "metrics",
		metrics_json(drift));
}

static void put_csv(FILE *out, const struct drift *drift)
{
	fputs("commit", out);
	for (size_t k = 0; k < drift->metric_count; k++) {
		putc(',', out);
		export_field(out, drift->metrics[k].name);
	}
	fputs(",numbers\r\n", out);
	for (size_t i = 0; i < drift->window.count; i++) {
		fprintf(out, "%.40s", drift->line->kernels[drift->window.first + i].oid);
		for (size_t k = 0; k < drift->metric_count; k++) {
			double value = expm1(drift->metrics[k].values[i]);
			char number[NUMBER_BYTES] = "";

			if (isfinite(value))
				number_exact(value, number);
			fprintf(out, ",%s", number);
		}
		fprintf(out, ",%s\r\n",
			drift->line->emulated ? "\"" DISPLAY_EMULATED "\"" : "");
	}
}

static int save_data(const char *site_folder, const struct drift *drift, const char *anchor,
	const char *json, const char *csv, struct err *err)
{
	auto_free char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);
	int r;

	put_csv(out, drift);
	fclose(out);
	r = document_save_bytes(site_folder, csv, bytes, size, err);
	return r < 0 ? r
		     : document_save_json(site_folder, json, drift_json(drift, anchor), err);
}

static int write(const char *site_folder, const struct drift *drift, char *const *plots,
	const struct err *notice, struct err *err)
{
	const struct history_line *line = drift->line;
	auto_free char *address = address_drift(line->branch, line->host, "html");
	auto_free char *json = address_drift(line->branch, line->host, "json");
	auto_free char *csv = address_drift(line->branch, line->host, "csv");
	auto_free char *title = NULL;
	const char *names[] = {line->branch, line->host};
	struct document page;
	char anchor[41];
	int r;

	drift_anchor_name(&line->kernels[drift->anchor], anchor);
	title = mem_printf(
		"%.80s since %s on %.60s: kvmperf", line->branch, anchor, line->host);
	r = save_data(site_folder, drift, anchor, json, csv, err);
	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_head(&page, drift, anchor);
	document_data(&page, json, csv);
	if (notice->code)
		document_notice(&page, notice->text);
	if (drift->metric_count)
		put_table(page.out, drift);
	if (plots)
		fputs(svg_symbols, page.out);
	fputs("<div class=\"figures\">\n", page.out);
	for (size_t k = 0; k < drift->metric_count && plots; k++)
		put_figure(page.out, drift, &drift->metrics[k], plots[k]);
	fputs("</div>\n", page.out);
	return document_save(&page, site_folder, 0, err);
}

int page_drift_write(const char *site_folder, struct plotter *plotter,
	const struct drift *drift, struct err *err)
{
	struct err notice = ERR_INIT;
	char **plots = NULL;
	size_t count;
	int drawn = draw(drift, plotter, &plots, &count, &notice);
	int r = write(site_folder, drift, plots, &notice, err);

	if (r == 0 && plots)
		r = save_sparks(site_folder, drift, plots + drift->metric_count, err);
	gnuplot_free(plots, count);
	return r < 0 ? r : drawn < 0;
}
