/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/compare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "io/gnuplot.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/svg.h"
#include "view/boots.h"
#include "view/changes.h"
#include "view/document.h"
#include "view/dots.h"
#include "view/export.h"
#include "view/forest.h"
#include "view/map.h"
#include "view/method.h"
#include "view/reference.h"
#include "view/sequence.h"
#include "view/summary.h"

enum { PLOT_LIMIT_MS = 30000 };

/* All plots of the page, drawn by one gnuplot, in the order of the script. */
struct plots {
	char **documents; /* NULL: the notice says why */
	size_t count;
	size_t sequence, dots; /* how many of each; they follow the forest's */
	struct forest forest;
	struct err notice;
};

static void plots_draw(struct plots *plots, struct plotter *plotter, const struct comparison *c,
	const size_t *order, size_t count)
{
	char *script = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&script, &size);

	fputs(builtin_text("web/style.gp"), out);
	plots->count = forest_script(out, &plots->forest, c, order, count);
	plots->sequence = sequence_script(out, c);
	plots->dots = dots_script(out, c);
	plots->count += plots->sequence + plots->dots;
	fclose(out);
	if (plots->count && plotter_draw(plotter, script, plots->count, PLOT_LIMIT_MS,
				    &plots->documents, &plots->notice) == 0)
		plots->forest.plots = plots->documents;
	free(script);
}

static void plots_clear(struct plots *plots)
{
	gnuplot_free(plots->documents, plots->count);
	forest_clear(&plots->forest);
}

static void forest_head(FILE *out, const void *data)
{
	forest_axis(out, data);
}

static void forest_piece(FILE *out, const void *data, size_t cell)
{
	forest_row(out, data, cell);
}

static void put_link(struct document *page, const char *address, const char *word)
{
	if (!address)
		return;
	fputs("<a ", page->out);
	document_href(page, address, NULL);
	fprintf(page->out, ">%s</a> ", word);
}

static void put_links(struct document *page, const struct compare_links *links)
{
	auto_free char *event = links->event ? address_event(links->event, "html") : NULL;

	if (!links->previous && !links->next && !event)
		return;
	fputs("<p class=\"links\">", page->out);
	put_link(page, event, "event");
	put_link(page, links->previous, "previous on this branch");
	put_link(page, links->next, "next");
	fputs("</p>\n", page->out);
}

static void put_top(struct document *page, const struct comparison *c)
{
	auto_free char *json = address_comparison(c->host, c->base.oid, c->fresh.oid, "json");
	auto_free char *csv = address_comparison(c->host, c->base.oid, c->fresh.oid, "csv");

	summary_verdict(page->out, c);
	summary_sides(page->out, c, page->up);
	fputs("<div class=\"pair\">\n", page->out);
	summary_counts(page->out, c);
	summary_trust(page->out, c);
	fputs("</div>\n", page->out);
	document_data(page, json, csv);
}

static void put_changes(FILE *out, const struct comparison *c, const size_t *order,
	size_t count, const struct forest *forest, const char *up)
{
	struct changes_table table = {
		.comparison = c, .order = order, .count = count, .data = forest, .up = up};

	table.caption = "Lower is better; ± and interval: 95 %";
	if (c->emulated)
		table.caption = "Lower is better; ± and interval: 95 %; " DISPLAY_EMULATED;
	if (forest->plots) {
		table.head = forest_head;
		table.piece = forest_piece;
	}
	changes_table(out, &table);
}

/* Metrics that are never judged on this host: kept apart, folded. */
static void put_shown_only(FILE *out, const struct comparison *c)
{
	size_t count;
	auto_free size_t *order = display_order(c, false, &count);
	struct changes_table table = {.comparison = c, .order = order, .count = count};

	if (!count)
		return;
	table.caption = "Lower is better; not judged";
	if (c->emulated)
		table.caption = display_has_time(c)
					? "Not judged; wall time of an emulated host is raw "
					  "data and says nothing"
					: "Lower is better; not judged; " DISPLAY_EMULATED;
	fprintf(out,
		"<details><summary>%zu cells that are shown only, never judged</summary>\n",
		count);
	changes_table(out, &table);
	fputs("</details>\n", out);
}

static void put_plots(FILE *out, const struct comparison *c, const struct plots *plots)
{
	char **sequence = plots->documents + FOREST_PLOTS;

	if (!plots->documents || !plots->forest.rows)
		return;
	fputs("<div class=\"figures\">\n", out);
	dots_figures(out, c, sequence + plots->sequence, plots->dots);
	if (plots->sequence)
		sequence_figure(out, c, *sequence);
	fputs("</div>\n", out);
}

static void put_boots(struct document *page, const struct comparison *c, size_t count)
{
	FILE *out = page->out;

	if (!c->boot_count)
		return;
	fputs("<h2 id=\"boots\">Boots</h2>\n", out);
	boots_table(out, c, page->up);
	fprintf(out, "<details><summary>The value of every boot in %zu cells</summary>\n",
		count);
	boots_values(out, c, page->up);
	fputs("</details>\n", out);
	if (display_boots(c, 'A', true) + display_boots(c, 'B', true)) {
		fputs("<h2 id=\"failed\">Failed boots</h2>\n", out);
		boots_failed(out, c, page->up);
	}
}

/* False when plots are missing. */
static bool put_body(struct document *page, struct plotter *plotter, const struct comparison *c,
	const struct compare_links *links)
{
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);
	struct plots plots = {.notice = ERR_INIT};
	FILE *out = page->out;
	bool whole;

	plots_draw(&plots, plotter, c, order, count);
	if (plots.notice.code)
		document_notice(page, plots.notice.text);
	if (plots.documents)
		fputs(svg_symbols, out);
	fputs("<div class=\"pair\">\n", out);
	if (c->table_count) {
		fputs("<section><h2 id=\"reference\">Reference table</h2>\n", out);
		reference_table(out, c);
		fputs("</section>\n", out);
	}
	if (count) {
		fputs("<section><h2 id=\"map\">Map</h2>\n", out);
		map_table(out, c);
		fputs("</section>\n", out);
	}
	fputs("</div>\n", out);
	if (count) {
		fputs("<h2 id=\"changes\">Changes, the surest first</h2>\n", out);
		put_changes(out, c, order, count, &plots.forest,
			links->histories ? page->up : NULL);
	}
	put_shown_only(out, c);
	if (plots.documents && plots.dots)
		fputs("<h2 id=\"plots\">Every boot</h2>\n", out);
	put_plots(out, c, &plots);
	put_boots(page, c, count);
	whole = !plots.notice.code;
	plots_clear(&plots);
	fputs("<h2 id=\"method\">Method</h2>\n", out);
	method_paragraph(out, c);
	method_facts(out, c);
	fputs("<h2 id=\"reproduce\">Reproduce</h2>\n", out);
	method_reproduce(out, c);
	return whole;
}

static int save_data(const char *site_folder, const struct comparison *c, struct err *err)
{
	auto_free char *json = address_comparison(c->host, c->base.oid, c->fresh.oid, "json");
	auto_free char *csv = address_comparison(c->host, c->base.oid, c->fresh.oid, "csv");
	auto_free char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);
	int r = export_json(out, c, err);

	fclose(out);
	if (r == 0)
		r = document_save_bytes(site_folder, json, bytes, size, err);
	if (r < 0)
		return r;
	mem_free_ptr(&bytes);
	bytes = NULL;
	out = open_memstream(&bytes, &size);
	export_csv(out, c);
	fclose(out);
	return document_save_bytes(site_folder, csv, bytes, size, err);
}

int page_compare_write(const char *site_folder, struct plotter *plotter,
	const struct comparison *c, const struct compare_links *links, struct err *err)
{
	auto_free char *address =
		address_comparison(c->host, c->base.oid, c->fresh.oid, "html");
	auto_free char *title =
		mem_printf("%.200s | kvmperf", c->sentence ? c->sentence : "No verdict yet");
	const char *names[] = {c->branch, c->host};
	struct document page;
	bool whole;
	/* data first: the page must not link to what is not there yet */
	int r = save_data(site_folder, c, err);

	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_links(&page, links);
	put_top(&page, c);
	whole = put_body(&page, plotter, c, links);
	r = document_save(&page, site_folder, c->updated_unix_ms, err);
	return r < 0 ? r : !whole;
}
