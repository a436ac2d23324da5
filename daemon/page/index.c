/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/index.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/comparison.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "view/document.h"

/* Keeps the front page small; older comparisons stay reachable by their address. */
enum { LINES_MAX = 200 };

static const char *line_class(const struct comparison *c)
{
	if (strcmp(c->state ? c->state : "", "failed") == 0)
		return "lost";
	if (!display_is_judged(c))
		return "";
	return c->headline == VERDICT_REGRESSED	 ? "worse"
	       : c->headline == VERDICT_IMPROVED ? "better"
	       : c->headline == VERDICT_FAILED	 ? "lost"
						 : "";
}

static char line_glyph(const struct comparison *c)
{
	if (strcmp(c->state ? c->state : "", "failed") == 0)
		return verdict_glyph(VERDICT_FAILED);
	return display_is_judged(c) ? verdict_glyph(c->headline) : ' ';
}

static void put_line(struct document *page, const struct comparison *c)
{
	auto_free char *address =
		address_comparison(c->host, c->base.oid, c->fresh.oid, "html");
	FILE *out = page->out;

	fprintf(out, "<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\">",
		line_class(c), line_glyph(c));
	fputs("<a ", out);
	document_href(page, address, NULL);
	putc('>', out);
	html_text_cut(out, c->sentence ? c->sentence : "No verdict yet", 200);
	fputs("</a>", out);
	if (c->emulated)
		fputs("<small>" DISPLAY_EMULATED "</small>", out);
	fputs("</th><td class=\"word\">", out);
	html_text_cut(out, c->branch ? c->branch : "—", 60);
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, c->host, 60);
	fputs("</td><td class=\"word\">", out);
	document_commit(out, c->base.oid);
	fputs(" → ", out);
	document_commit(out, c->fresh.oid);
	fputs("<small>", out);
	html_text_cut(out, c->fresh.subject, 90);
	fputs("</small></td><td class=\"word\">", out);
	html_text_cut(out, c->state, 30);
	fputs("</td><td>", out);
	document_time(out, c->updated_unix_ms);
	fputs("</td></tr>\n", out);
}

static void put_table_head(FILE *out, const char *kind, const char *const *names, size_t count)
{
	fprintf(out, "<div class=\"wide\">\n<table class=\"%s\">\n<thead><tr>", kind);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "<th scope=\"col\"%s>%s</th>", *names[i] ? "" : " class=\"glyph\"",
			names[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
}

/* Has a newer run of the same kernels on the same host taken the page? */
static bool is_replaced(const struct front_page *front, size_t index)
{
	const struct comparison *all = front->comparisons, *c = &all[index];

	for (size_t i = 0; i < index; i++)
		if (strcmp(all[i].base.oid, c->base.oid) == 0 &&
			strcmp(all[i].fresh.oid, c->fresh.oid) == 0 &&
			strcmp(all[i].host, c->host) == 0)
			return true;
	return false;
}

static void put_comparisons(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {
		"", "verdict", "branch", "host", "base → new", "state", "updated"};

	size_t shown = 0, i;

	fputs("<h2 id=\"comparisons\">Comparisons, the newest first</h2>\n", page->out);
	if (!front->comparison_count) {
		fputs("<p>Nothing has been compared yet.</p>\n", page->out);
		return;
	}
	put_table_head(page->out, "lines", names, ARRAY_SIZE(names));
	for (i = 0; i < front->comparison_count && shown < LINES_MAX; i++) {
		if (is_replaced(front, i))
			continue;
		put_line(page, &front->comparisons[i]);
		shown++;
	}
	fputs("</tbody>\n</table>\n</div>\n", page->out);
	if (i < front->comparison_count)
		fprintf(page->out,
			"<p>%zu older ones are not shown; all are in "
			"<a href=\"index.json\">index.json</a>.</p>\n",
			front->comparison_count - i);
}

/* The newest comparison of each branch and host; branches are few. */
static bool is_newest(const struct front_page *front, size_t index)
{
	const struct comparison *all = front->comparisons, *c = &all[index];

	for (size_t i = 0; i < index; i++)
		if (all[i].branch && c->branch && strcmp(all[i].branch, c->branch) == 0 &&
			strcmp(all[i].host, c->host) == 0)
			return false;
	return c->branch;
}

static void put_branches(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {
		"", "branch", "host", "last measured", "last verdict", "updated"};
	FILE *out = page->out;

	fputs("<h2 id=\"branches\">Branches</h2>\n", out);
	put_table_head(out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < front->comparison_count; i++) {
		const struct comparison *c = &front->comparisons[i];
		auto_free char *address =
			address_comparison(c->host, c->base.oid, c->fresh.oid, "html");

		if (!is_newest(front, i))
			continue;
		fprintf(out, "<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\">",
			line_class(c), line_glyph(c));
		html_text_cut(out, c->branch, 80);
		fputs("</th><td class=\"word\">", out);
		html_text_cut(out, c->host, 60);
		fputs("</td><td class=\"word\">", out);
		document_commit(out, c->fresh.oid);
		fputs("</td><td class=\"word\"><a ", out);
		document_href(page, address, NULL);
		putc('>', out);
		html_text_cut(out, c->sentence ? c->sentence : "No verdict yet", 200);
		fputs("</a></td><td>", out);
		document_time(out, c->updated_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_failures(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {"", "kernel", "branch", "what failed", "updated"};
	FILE *out = page->out;

	if (!front->failure_count)
		return;
	fputs("<h2 id=\"failures\">Kernels that could not be built</h2>\n", out);
	put_table_head(out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < front->failure_count; i++) {
		const struct front_failure *f = &front->failures[i];
		auto_free char *address = address_kernel(f->oid, "html");

		fputs("<tr class=\"lost\"><td class=\"glyph\">x</td><th scope=\"row\"><a ",
			out);
		document_href(page, address, NULL);
		putc('>', out);
		document_commit(out, f->oid);
		fputs("</a><small>", out);
		html_text_cut(out, f->subject, 90);
		fputs("</small></th><td class=\"word\">", out);
		html_text_cut(out, f->branch ? f->branch : "—", 60);
		fprintf(out, "</td><td class=\"word\">%s<small>", symptom_phrase(f->symptom));
		html_text_cut(out, f->reason, 200);
		fputs("</small></td><td>", out);
		document_time(out, f->updated_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_hosts(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {
		"host", "driver", "state", "boots", "failed", "last answer"};
	FILE *out = page->out;

	if (!front->host_count)
		return;
	fputs("<h2 id=\"hosts\">Hosts</h2>\n", out);
	put_table_head(out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < front->host_count; i++) {
		const struct front_host *host = &front->hosts[i];

		fputs("<tr><th scope=\"row\">", out);
		html_text_cut(out, host->name, 60);
		if (host->emulated)
			fputs("<small>" DISPLAY_EMULATED "</small>", out);
		fputs("</th><td class=\"word\">", out);
		html_text_cut(out, host->driver, 30);
		fputs("</td><td class=\"word\">", out);
		html_text_cut(out, host->state, 200);
		fprintf(out, "</td><td>%zu</td><td>%zu</td><td>", host->boots,
			host->failed_boots);
		document_time(out, host->seen_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static json_t *text(const char *value)
{
	auto_free char *valid = value ? mem_new(3 * strlen(value) + 1, 1) : NULL;

	if (!value)
		return json_null();
	utf8_repair(value, valid);
	return json_string(valid);
}

static json_t *comparisons_json(const struct front_page *front)
{
	json_t *array = json_array();

	for (size_t i = 0; i < front->comparison_count; i++) {
		const struct comparison *c = &front->comparisons[i];
		auto_free char *page =
			address_comparison(c->host, c->base.oid, c->fresh.oid, "html");
		auto_free char *data =
			address_comparison(c->host, c->base.oid, c->fresh.oid, "json");
		bool judged = display_is_judged(c);
		char stamp[CLOCK_STAMP_BYTES];

		clock_stamp(c->updated_unix_ms, stamp);
		json_array_append_new(array,
			json_pack("{s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:s, "
				  "s:s, s:s}",
				"id", (json_int_t)c->id, "branch", text(c->branch), "host",
				text(c->host), "emulated", c->emulated, "base",
				text(c->base.oid), "new", text(c->fresh.oid), "subject",
				text(c->fresh.subject), "state", text(c->state), "headline",
				text(judged ? verdict_name(c->headline) : NULL), "sentence",
				text(c->sentence), "updated", stamp, "page", page, "data",
				data));
	}
	return array;
}

static int save_json(const char *site_folder, const struct front_page *front, struct err *err)
{
	json_t *root = json_pack("{s:s, s:i, s:o}", "format", "kvmperf.index", "version", 1,
		"comparisons", comparisons_json(front));
	auto_free char *bytes = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
	int r;

	json_decref(root);
	if (!bytes)
		return err_set(err, -EIO, "the front page cannot be written as JSON");
	r = document_save_bytes(site_folder, "index.json", bytes, strlen(bytes), err);
	return r;
}

int page_index_write(const char *site_folder, const struct front_page *front, struct err *err)
{
	auto_free char *title =
		mem_printf("kvmperf: %.100s", front->title ? front->title : "KVM/arm64");
	struct document page;
	int r = document_save_shared(site_folder, err);

	if (r == 0)
		r = save_json(site_folder, front, err);
	if (r < 0)
		return r;
	document_open(&page, "index.html", title);
	document_begin(&page, NULL, 0);
	fputs("<h1>", page.out);
	html_text_cut(page.out, front->title ? front->title : "KVM/arm64", 100);
	fputs("</h1>\n", page.out);
	if (front->comparison_count && front->comparisons[0].branch)
		put_branches(&page, front);
	put_comparisons(&page, front);
	put_failures(&page, front);
	put_hosts(&page, front);
	return document_save(&page, site_folder, front->updated_unix_ms, err);
}
