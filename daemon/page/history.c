/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "model/plan.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "text/svg.h"
#include "view/document.h"
#include "view/export.h"
#include "view/history.h"

enum { PLOT_LIMIT_MS = 30000, TABLE_MAX = 100 };

char *page_history_address(const struct history_page *history, const char *ext)
{
	const struct history_family *f = history->family;

	if (history->chapter < 0)
		return address_family(f->host, f->scenario, f->metric, ext);
	return address_chapter(f->host, f->scenario, f->metric,
		history->sections[0].window.line->branch, history->chapter, ext);
}

static const char *branch_of(const struct history_section *section)
{
	return section->window.line->branch ? section->window.line->branch : "no branch";
}

static struct history_plot plot_of(
	const struct history_page *history, const struct history_section *section, size_t mode)
{
	return (struct history_plot){history->family, &section->window, &section->tracks[mode],
		section->marks, section->mark_count};
}

/* The plots of all sections, in the order of sections and modes. */
static int draw(const struct history_page *history, struct plotter *plotter, char ***ret,
	size_t *ret_count, struct err *err)
{
	auto_free char *script = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&script, &size);
	int r = 0;

	*ret_count = 0;
	for (size_t i = 0; i < history->section_count; i++)
		for (size_t m = 0; m < history->family->mode_count; m++) {
			struct history_plot plot = plot_of(history, &history->sections[i], m);

			*ret_count += history_script(out, &plot);
		}
	fclose(out);
	if (*ret_count)
		r = plotter_draw(plotter, script, *ret_count, PLOT_LIMIT_MS, ret, err);
	return r;
}

static void put_figures(FILE *out, const struct history_page *history,
	const struct history_section *section, char **plots, size_t *at)
{
	fputs("<div class=\"figures\">\n", out);
	for (size_t m = 0; m < history->family->mode_count; m++)
		if (section->tracks[m].count) {
			struct history_plot plot = plot_of(history, section, m);

			history_figure(out, &plot, m, plots[(*at)++]);
		}
	fputs("</div>\n", out);
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

static void put_changes(struct document *page, const struct history_page *history,
	const struct history_section *section)
{
	const struct history_kernel *kernels =
		section->window.line->kernels + section->window.first;
	FILE *out = page->out;
	size_t changes = 0;

	for (size_t m = 0; m < history->family->mode_count; m++)
		changes += section->tracks[m].change_count;
	if (!changes) {
		fputs("<p>No change of level.</p>\n", out);
		return;
	}
	fputs("<div class=\"wide\">\n<table class=\"lines\">\n<caption>Changes of level: they "
	      "ask for a confirm and are no verdict</caption>\n<thead><tr>"
	      "<th scope=\"col\" class=\"glyph\"></th><th scope=\"col\">guest mode</th>"
	      "<th scope=\"col\">change</th><th scope=\"col\">p</th>"
	      "<th scope=\"col\">first kernel</th><th scope=\"col\">between</th></tr></thead>\n"
	      "<tbody>\n",
		out);
	for (size_t m = 0; m < history->family->mode_count; m++)
		for (size_t i = 0; i < section->tracks[m].change_count; i++) {
			const struct history_change *c = &section->tracks[m].changes[i];
			char percent[NUMBER_BYTES], mode[64];

			number_percent(c->change, percent);
			plan_mode_short(history->family->modes[m], mode, sizeof(mode));
			fprintf(out,
				"<tr class=\"%s\"><td class=\"glyph\">%c</td><th "
				"scope=\"row\">",
				c->change > 0 ? "worse" : "better", c->change > 0 ? '+' : '-');
			html_text(out, mode);
			fprintf(out,
				"</th><td class=\"change\">%s</td><td>%.2g</td>"
				"<td class=\"word\">",
				percent, c->p);
			put_kernel(page, &kernels[c->kernel]);
			fputs("</td><td class=\"word\">", out);
			put_kernel(page, &kernels[c->first]);
			fputs(" … ", out);
			put_kernel(page, &kernels[c->last]);
			fputs("</td></tr>\n", out);
		}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_event(struct document *page, const struct history_section *section,
	const struct history_mark *mark)
{
	const struct history_kernel *kernel =
		&section->window.line->kernels[section->window.first + mark->kernel];
	auto_free char *address = address_event(mark->event, "html");
	char percent[NUMBER_BYTES];
	FILE *out = page->out;

	number_percent(mark->about->change, percent);
	fprintf(out, "<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\"><a ",
		mark->improved ? "better" : "worse", mark->improved ? '-' : '+');
	document_href(page, address, NULL);
	fprintf(out, ">event %lld</a></th><td class=\"change\">%s</td><td class=\"word\">",
		(long long)mark->event, percent);
	put_kernel(page, kernel);
	fputs("<small>", out);
	html_text_cut(out, kernel->subject, 60);
	fputs("</small></td><td class=\"word\">", out);
	html_text_cut(out, mark->about->state, 20);
	fputs("</td></tr>\n", out);
}

static void put_events(struct document *page, const struct history_section *section)
{
	if (!section->mark_count)
		return;
	fputs("<div class=\"wide\">\n<table class=\"lines\">\n<caption>Events: changes that "
	      "people were told of</caption>\n<thead><tr><th scope=\"col\" class=\"glyph\">"
	      "</th><th scope=\"col\">event</th><th scope=\"col\">change of these cells</th>"
	      "<th scope=\"col\">kernel</th><th scope=\"col\">state</th></tr></thead>\n"
	      "<tbody>\n",
		page->out);
	for (size_t i = 0; i < section->mark_count; i++)
		put_event(page, section, &section->marks[i]);
	fputs("</tbody>\n</table>\n</div>\n", page->out);
}

static void put_row(struct document *page, const struct history_page *history,
	const struct history_section *section, size_t i, const struct number_scale *scale)
{
	const struct history_kernel *kernel =
		&section->window.line->kernels[section->window.first + i];
	char text[NUMBER_BYTES];
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\">", out);
	put_kernel(page, kernel);
	fputs("</th><td class=\"word\">", out);
	html_text_cut(out, kernel->subject, 60);
	fprintf(out, "</td><td>%zu</td>", kernel->boot_count);
	for (size_t m = 0; m < history->family->mode_count; m++) {
		double value = section->tracks[m].values[i];

		if (isfinite(value))
			number_scaled(exp(value), scale, text);
		fprintf(out, "<td>%s</td>", isfinite(value) ? text : "");
	}
	fputs("<td>", out);
	html_time(out, kernel->measured_unix_ms);
	fputs("</td></tr>\n", out);
}

/* One scale for the whole table: that of its first value. */
static struct number_scale table_scale(
	const struct history_page *history, const struct history_section *section)
{
	for (size_t m = 0; m < history->family->mode_count; m++)
		for (size_t i = 0; i < section->window.count; i++)
			if (isfinite(section->tracks[m].values[i]))
				return number_scale(history->family->unit,
					exp(section->tracks[m].values[i]));
	return number_scale(history->family->unit, 1);
}

static void put_table(struct document *page, const struct history_page *history,
	const struct history_section *section)
{
	struct number_scale scale = table_scale(history, section);
	size_t count = section->window.count, shown = count < TABLE_MAX ? count : TABLE_MAX;
	FILE *out = page->out;

	fprintf(out,
		"<details><summary>%s %zu kernels, geometric means over their "
		"boots</summary>\n<div class=\"wide\">\n<table class=\"values\">\n<caption>"
		"In %s%s%s</caption>\n<thead><tr><th scope=\"col\">kernel</th>"
		"<th scope=\"col\" class=\"word\">subject</th><th scope=\"col\">boots</th>",
		shown < count ? "The newest" : "All", shown, scale.suffix,
		strcmp(history->family->unit, "s") ? " instructions" : "",
		history->family->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t m = 0; m < history->family->mode_count; m++) {
		char mode[64];

		plan_mode_short(history->family->modes[m], mode, sizeof(mode));
		fputs("<th scope=\"col\">", out);
		html_text(out, mode);
		fputs("</th>", out);
	}
	fputs("<th scope=\"col\">measured</th></tr></thead>\n<tbody>\n", out);
	for (size_t i = count; i-- > count - shown;)
		put_row(page, history, section, i, &scale);
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (shown < count)
		fprintf(out, "<p>%zu earlier ones are in the plot, the JSON and the CSV.</p>\n",
			count - shown);
	fputs("</details>\n", out);
}

static void put_chapter(struct document *page, const struct history_page *history,
	const struct history_section *section, size_t chapter)
{
	const struct history_family *f = history->family;
	auto_free char *address = address_chapter(f->host, f->scenario, f->metric,
		section->window.line->branch, (int)chapter, "html");

	fputs(" <a ", page->out);
	document_href(page, address, NULL);
	fprintf(page->out, ">%zu to %zu</a>", chapter * HISTORY_CHAPTER + 1,
		(chapter + 1) * HISTORY_CHAPTER);
}

/* The newest page leads to all chapters; a chapter to its neighbours, for it stays as it is. */
static void put_chapters(struct document *page, const struct history_page *history,
	const struct history_section *section)
{
	const struct history_family *f = history->family;
	size_t chapters = history_chapters(section->window.line), at = chapters;
	auto_free char *newest = address_family(f->host, f->scenario, f->metric, "html");

	if (history->chapter >= 0) {
		at = (size_t)history->chapter;
		fputs("<p>Later kernels:", page->out);
		if (at + 1 < chapters)
			put_chapter(page, history, section, at + 1);
		fputs(" <a ", page->out);
		document_href(page, newest, NULL);
		fputs(">the newest</a></p>\n", page->out);
	}
	if (!at)
		return;
	fputs("<p>Earlier kernels:", page->out);
	for (size_t i = at; i-- > 0 && (history->chapter < 0 || i + 1 == at);)
		put_chapter(page, history, section, i);
	fputs("</p>\n", page->out);
}

static json_t *changes_json(
	const struct history_page *history, const struct history_section *section)
{
	const struct history_kernel *kernels =
		section->window.line->kernels + section->window.first;
	json_t *array = json_array();

	for (size_t m = 0; m < history->family->mode_count; m++)
		for (size_t i = 0; i < section->tracks[m].change_count; i++) {
			const struct history_change *c = &section->tracks[m].changes[i];

			json_array_append_new(
				array, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "mode",
					       json_text(history->family->modes[m]), "commit",
					       json_text(kernels[c->kernel].oid), "first",
					       json_text(kernels[c->first].oid), "last",
					       json_text(kernels[c->last].oid), "change",
					       json_number(c->change), "p", json_number(c->p)));
		}
	return array;
}

static json_t *events_json(const struct history_section *section)
{
	const struct history_kernel *kernels =
		section->window.line->kernels + section->window.first;
	json_t *array = json_array();

	for (size_t i = 0; i < section->mark_count; i++) {
		const struct history_mark *mark = &section->marks[i];

		json_array_append_new(
			array, json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)mark->event,
				       "commit", json_text(kernels[mark->kernel].oid), "change",
				       json_number(mark->about->change), "state",
				       json_text(mark->about->state)));
	}
	return array;
}

static json_t *kernels_json(
	const struct history_page *history, const struct history_section *section)
{
	json_t *array = json_array();

	for (size_t i = 0; i < section->window.count; i++) {
		const struct history_kernel *kernel =
			&section->window.line->kernels[section->window.first + i];
		json_t *values = json_array();

		for (size_t m = 0; m < history->family->mode_count; m++)
			json_array_append_new(
				values, json_number(exp(section->tracks[m].values[i])));
		json_array_append_new(array,
			json_pack("{s:o, s:o, s:I, s:I, s:o}", "commit", json_text(kernel->oid),
				"measured", json_time(kernel->measured_unix_ms), "epoch",
				(json_int_t)kernel->epoch_id, "boots",
				(json_int_t)kernel->boot_count, "values", values));
	}
	return array;
}

static json_t *history_json(const struct history_page *history)
{
	const struct history_family *f = history->family;
	json_t *modes = json_array(), *sections = json_array();

	for (size_t m = 0; m < f->mode_count; m++)
		json_array_append_new(modes, json_text(f->modes[m]));
	for (size_t i = 0; i < history->section_count; i++)
		json_array_append_new(sections,
			json_pack("{s:o, s:o, s:o, s:o}", "branch",
				json_text(history->sections[i].window.line->branch), "changes",
				changes_json(history, &history->sections[i]), "events",
				events_json(&history->sections[i]), "kernels",
				kernels_json(history, &history->sections[i])));
	return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:b, s:o, s:b, s:o, s:o}", "format",
		"kvmperf.history", "version", 1, "host", json_text(f->host), "scenario",
		json_text(f->scenario), "metric", json_text(f->metric), "unit",
		json_text(f->unit), "judged", f->judged, "numbers",
		json_text(f->emulated ? DISPLAY_EMULATED : NULL), "emulated", f->emulated,
		"modes", modes, "branches", sections);
}

static void put_csv(FILE *out, const struct history_page *history)
{
	const struct history_family *f = history->family;

	fputs("branch,commit,measured_unix_ms,epoch,boots", out);
	for (size_t m = 0; m < f->mode_count; m++) {
		putc(',', out);
		export_field(out, f->modes[m]);
	}
	fputs(",numbers\r\n", out);
	for (size_t s = 0; s < history->section_count; s++) {
		const struct history_section *section = &history->sections[s];

		for (size_t i = 0; i < section->window.count; i++) {
			const struct history_kernel *k =
				&section->window.line->kernels[section->window.first + i];

			export_field(out, section->window.line->branch);
			fprintf(out, ",%.40s,%lld,%lld,%zu", k->oid,
				(long long)k->measured_unix_ms, (long long)k->epoch_id,
				k->boot_count);
			for (size_t m = 0; m < f->mode_count; m++) {
				char number[NUMBER_BYTES] = "";

				if (isfinite(section->tracks[m].values[i]))
					number_exact(exp(section->tracks[m].values[i]), number);
				fprintf(out, ",%s", number);
			}
			fprintf(out, ",%s\r\n", f->emulated ? "\"" DISPLAY_EMULATED "\"" : "");
		}
	}
}

static int save_data(const char *site_folder, const struct history_page *history,
	const char *json, const char *csv, struct err *err)
{
	auto_free char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	put_csv(out, history);
	fclose(out);
	return document_save_bytes(site_folder, csv, bytes, size, err) < 0
		       ? err->code
		       : document_save_json(site_folder, json, history_json(history), err);
}

static void put_head(struct document *page, const struct history_page *history)
{
	const struct history_family *f = history->family;

	fputs("<h1>", page->out);
	html_text_cut(page->out, f->metric, 60);
	fputs(", ", page->out);
	html_text_cut(page->out, f->scenario, 60);
	fputs(": history on ", page->out);
	html_text_cut(page->out, f->host, 60);
	fputs("</h1>\n", page->out);
	if (f->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", page->out);
	if (!f->judged)
		fputs("<p>Shown only, never judged.</p>\n", page->out);
}

/* How many there are in all changes, so a chapter does not tell. */
static void put_extent(
	FILE *out, const struct history_page *history, const struct history_section *section)
{
	const struct history_window *window = &section->window;

	fprintf(out, "</h2>\n<p>Kernels %zu to %zu of the branch", window->first + 1,
		window->first + window->count);
	if (history->chapter < 0)
		fputs(", the newest", out);
	fputs("</p>\n", out);
}

int page_history_write(const char *site_folder, struct plotter *plotter,
	const struct history_page *history, struct err *err)
{
	const struct history_family *f = history->family;
	auto_free char *address = page_history_address(history, "html");
	auto_free char *json = page_history_address(history, "json");
	auto_free char *csv = page_history_address(history, "csv");
	auto_free char *title =
		mem_printf("%.60s, %.60s on %.60s: kvmperf", f->metric, f->scenario, f->host);
	const char *names[] = {f->host, f->scenario, f->metric};
	struct err notice = ERR_INIT;
	struct document page;
	char **plots = NULL;
	size_t plot_count, at = 0;
	int r = save_data(site_folder, history, json, csv, err), saved;

	if (r < 0)
		return r;
	r = draw(history, plotter, &plots, &plot_count, &notice);
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_head(&page, history);
	document_data(&page, json, csv);
	if (r < 0)
		document_notice(&page, notice.text);
	if (plots)
		fputs(svg_symbols, page.out);
	for (size_t i = 0; i < history->section_count; i++) {
		const struct history_section *section = &history->sections[i];

		fputs("<h2>", page.out);
		html_text_cut(page.out, branch_of(section), 100);
		put_extent(page.out, history, section);
		if (plots)
			fprintf(page.out, "<p>%s</p>\n", history_legend);
		if (plots)
			put_figures(page.out, history, section, plots, &at);
		put_events(&page, section);
		put_changes(&page, history, section);
		put_table(&page, history, section);
		put_chapters(&page, history, section);
	}
	gnuplot_free(plots, plot_count);
	saved = document_save(&page, site_folder, 0, err);
	return saved < 0 ? saved : r < 0;
}
