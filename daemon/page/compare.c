/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/compare.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "io/gnuplot.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/svg.h"
#include "view/boots.h"
#include "view/cell.h"
#include "view/changes.h"
#include "view/document.h"
#include "view/dots.h"
#include "view/export.h"
#include "view/forest.h"
#include "view/history.h"
#include "view/map.h"
#include "view/method.h"
#include "view/picture.h"
#include "view/reference.h"
#include "view/sequence.h"
#include "view/summary.h"
#include "view/unfold.h"

enum { PLOT_LIMIT_MS = 30000 };

/* All plots of the page, drawn by one gnuplot, in the order of the script. */
struct plots {
	char **documents; /* NULL: the notice says why */
	size_t count;
	size_t sequence, dots, rows; /* how many of each; they follow the forest's */
	struct unfold unfold;
	struct forest forest;
	struct err notice;
};

/* The plot of the past of one of the unfolded cells. */
static struct history_plot past_plot(
	const struct history_past *past, const struct history_window *window, size_t number)
{
	return (struct history_plot){&past->families[number], window, &past->tracks[number],
		past->marks, past->mark_count};
}

/* Two plots a row: its boots, its history; none where there is nothing to draw. */
static size_t script_rows(FILE *out, struct unfold *unfold, const struct comparison *c)
{
	const struct history_past *past = unfold->past;
	struct history_window window = {
		past ? &past->line : NULL, 0, past ? past->line.kernel_count : 0};
	size_t plots = 0;

	for (size_t i = 0; i < unfold->count; i++) {
		unfold->boots[i].drawn = cell_script(out, c, &c->cells[unfold->cells[i]]);
		plots += unfold->boots[i].drawn;
		if (past && i < past->count && past->tracks[i].count) {
			struct history_plot plot = past_plot(past, &window, i);

			unfold->history[i].drawn = history_script(out, &plot);
			plots += unfold->history[i].drawn;
		}
	}
	return plots;
}

static void plots_draw(struct plots *plots, struct plotter *plotter, const struct comparison *c,
	const size_t *order, size_t count)
{
	char *script = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&script, &size);

	plots->unfold.count = display_unfolded(c, plots->unfold.cells, &plots->unfold.worth);
	fputs(builtin_text("web/style.gp"), out);
	plots->count = forest_script(out, &plots->forest, c, order, count);
	plots->sequence = sequence_script(out, c);
	plots->dots = dots_script(out, c);
	plots->count += plots->sequence + plots->dots;
	plots->rows = script_rows(out, &plots->unfold, c);
	plots->count += plots->rows;
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
	unfold_clear(&plots->unfold);
}

/* One picture beside the page, if it was drawn: "<page>.3-boots.svg". */
static int save_picture(const char *site_folder, const struct comparison *c, size_t cell,
	const char *suffix, const char *document, struct unfold_picture *ret, struct err *err)
{
	auto_free char *address =
		address_comparison(c->host, c->base.oid, c->fresh.oid, suffix);
	auto_free char *title = NULL;
	char name[DISPLAY_NAME_BYTES];
	struct picture picture;
	int r = 0;

	display_cell_name(c, &c->cells[cell], name);
	title = mem_printf("%s %s", name, c->metrics[c->cells[cell].metric].name);
	picture_make(document, title, c->emulated, &picture);
	if (picture.bytes)
		r = document_save_bytes(site_folder, address, picture.bytes, picture.size, err);
	if (picture.bytes && r == 0) {
		ret->name = mem_strdup(strrchr(address, '/') + 1);
		ret->width = picture.width;
		ret->height = picture.height;
	}
	free(picture.bytes);
	return r;
}

static int remove_picture(const char *site_folder, const struct comparison *c,
	const char *suffix, struct err *err)
{
	auto_free char *address =
		address_comparison(c->host, c->base.oid, c->fresh.oid, suffix);

	return document_remove(site_folder, address, err);
}

/* Before the page, which shows them; those that it does not show any more go. */
static int save_pictures(const char *site_folder, const struct comparison *c,
	struct plots *plots, struct err *err)
{
	struct unfold *unfold = &plots->unfold;
	char **at = plots->documents ? plots->documents + plots->count - plots->rows : NULL;
	int r = 0;

	for (size_t i = 0; i < DISPLAY_UNFOLDED && r == 0; i++) {
		struct unfold_picture *pictures[] = {&unfold->boots[i], &unfold->history[i]};
		static const char *const whats[] = {"boots", "history"};

		for (size_t k = 0; k < ARRAY_SIZE(whats) && r == 0; k++) {
			auto_free char *suffix = mem_printf("%zu-%s.svg", i + 1, whats[k]);

			if (at && pictures[k]->drawn)
				r = save_picture(site_folder, c, unfold->cells[i], suffix,
					*at++, pictures[k], err);
			else
				r = remove_picture(site_folder, c, suffix, err);
		}
	}
	return r;
}

struct row_data {
	const struct comparison *comparison;
	const struct unfold *unfold;
	const char *up; /* or NULL: there are no history pages */
};

static bool unfold_row(FILE *out, const void *data, size_t cell)
{
	const struct row_data *row = data;
	size_t number = unfold_find(row->unfold, cell);

	if (number < DISPLAY_UNFOLDED)
		unfold_put(out, row->comparison, row->unfold, number, row->up);
	return number < DISPLAY_UNFOLDED;
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
	if (!links->previous && !links->next && !links->drift && !links->confirm)
		return;
	fputs("<p class=\"links\">", page->out);
	put_link(page, links->previous, "previous on this branch");
	put_link(page, links->next, "next");
	put_link(page, links->confirm, "its confirm");
	put_link(page, links->drift, "the branch since its anchor release");
	fputs("</p>\n", page->out);
}

/* "event 31; next: bisect, step 2": where the change is followed up. */
static void put_event(struct document *page, const struct compare_links *links)
{
	auto_free char *address = links->event ? address_event(links->event, "html") : NULL;
	auto_free char *word = mem_printf("event %lld", (long long)links->event);

	if (!address)
		return;
	fputs("<p class=\"links\">", page->out);
	put_link(page, address, word);
	if (links->ahead) {
		fputs("next: ", page->out);
		html_text_cut(page->out, links->ahead, 60);
	}
	fputs("</p>\n", page->out);
}

static void put_top(
	struct document *page, const struct comparison *c, const struct compare_links *links)
{
	auto_free char *json = address_comparison(c->host, c->base.oid, c->fresh.oid, "json");
	auto_free char *csv = address_comparison(c->host, c->base.oid, c->fresh.oid, "csv");

	summary_verdict(page->out, c);
	put_event(page, links);
	summary_sides(page->out, c, page->up);
	fputs("<div class=\"pair\">\n", page->out);
	summary_counts(page->out, c);
	summary_trust(page->out, c);
	fputs("</div>\n", page->out);
	document_data(page, json, csv);
}

static void put_changes(FILE *out, const struct comparison *c, const size_t *order,
	size_t count, const struct plots *plots, const char *up)
{
	const struct forest *forest = &plots->forest;
	struct row_data row = {c, &plots->unfold, up};
	struct changes_table table = {.comparison = c,
		.order = order,
		.count = count,
		.data = forest,
		.up = up,
		.unfold = unfold_row,
		.unfold_data = &row};

	table.caption = "Lower is better; ± and interval: 95 %";
	if (c->emulated)
		table.caption = "Lower is better; ± and interval: 95 %; " DISPLAY_EMULATED;
	if (forest->plots) {
		table.head = forest_head;
		table.piece = forest_piece;
	}
	changes_table(out, &table);
	if (plots->unfold.worth)
		fprintf(out,
			"<p>The metric of %zu of the %zu rows that changed or are open unfolds "
			"to boots, order, history and commands; of every other row it leads to "
			"the history, and the boots to their values.</p>\n",
			plots->unfold.count, plots->unfold.worth);
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

static void put_body(struct document *page, const struct comparison *c,
	const struct compare_links *links, const size_t *order, size_t count,
	const struct plots *plots)
{
	FILE *out = page->out;

	if (plots->notice.code)
		document_notice(page, plots->notice.text);
	if (plots->documents)
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
		put_changes(out, c, order, count, plots, links->histories ? page->up : NULL);
	}
	put_shown_only(out, c);
	if (plots->documents && plots->dots)
		fputs("<h2 id=\"plots\">Every boot</h2>\n", out);
	put_plots(out, c, plots);
	put_boots(page, c, count);
	fputs("<h2 id=\"method\">Method</h2>\n", out);
	method_paragraph(out, c);
	method_facts(out, c);
	fputs("<h2 id=\"reproduce\">Reproduce</h2>\n", out);
	method_reproduce(out, c);
}

static int save_data(const char *site_folder, const struct comparison *c,
	const struct compare_links *links, const struct unfold *unfold, struct err *err)
{
	auto_free char *json = address_comparison(c->host, c->base.oid, c->fresh.oid, "json");
	auto_free char *csv = address_comparison(c->host, c->base.oid, c->fresh.oid, "csv");
	auto_free char *bytes = NULL;
	size_t size = 0;
	json_t *root = export_object(c);
	FILE *out;
	int r;

	json_object_set_new(root, "histories", unfold_json(c, unfold));
	json_object_set_new(
		root, "event", links->event ? json_integer(links->event) : json_null());
	json_object_set_new(root, "ahead", json_text(links->ahead));
	r = document_save_json(site_folder, json, root, err);
	if (r < 0)
		return r;
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
	struct plots plots = {.notice = ERR_INIT, .unfold.past = links->past};
	struct document page;
	size_t count;
	auto_free size_t *order = display_order(c, true, &count);
	int r;

	plots_draw(&plots, plotter, c, order, count);
	/* data first: the page must not link to what is not there yet */
	r = save_data(site_folder, c, links, &plots.unfold, err);
	if (r == 0)
		r = save_pictures(site_folder, c, &plots, err);
	if (r == 0) {
		document_open(&page, address, title);
		document_begin(&page, names, ARRAY_SIZE(names));
		put_links(&page, links);
		put_top(&page, c, links);
		put_body(&page, c, links, order, count, &plots);
		r = document_save(&page, site_folder, c->updated_unix_ms, err);
	}
	if (r == 0)
		r = plots.notice.code != 0;
	plots_clear(&plots);
	return r;
}
