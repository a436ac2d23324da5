/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/index.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "model/drift.h"
#include "model/event.h"
#include "model/site_map.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "view/document.h"
#include "view/drift.h"
#include "view/lines.h"
#include "view/listing.h"
#include "view/queue.h"

/* Keeps the front page small; older comparisons stay reachable by their address. */
enum { LINES_MAX = 60, BRANCHES_MAX = 40, EVENTS_MAX = 40, SPARKS_MAX = 10 };

static void put_kernel(struct document *page, const char *oid)
{
	auto_free char *address = address_kernel(oid, "html");

	fputs("<a ", page->out);
	document_href(page, address, NULL);
	putc('>', page->out);
	html_commit(page->out, oid);
	fputs("</a>", page->out);
}

static void put_comparisons(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {
		"", "verdict", "branch", "host", "base → new", "kind", "updated"};
	size_t shown = front->line_count < LINES_MAX ? front->line_count : LINES_MAX;

	fputs("<h2 id=\"comparisons\">Recent comparisons</h2>\n", page->out);
	if (!front->line_count) {
		fputs("<p>Nothing has been compared yet.</p>\n", page->out);
		return;
	}
	lines_begin(page->out, "lines sortable", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < shown; i++)
		line_row(page->out, page->up, &front->lines[i]);
	lines_end(page->out);
	if (shown < front->line_count)
		fprintf(page->out,
			"<p>%zu older ones are not shown; <a "
			"href=\"index.json\">index.json</a> "
			"lists them, or names the files that do.</p>\n",
			front->line_count - shown);
}

static bool same_branch(const struct front_line *a, const struct front_line *b)
{
	const char *left = a->comparison->branch, *right = b->comparison->branch;

	return left && right && strcmp(left, right) == 0 &&
	       strcmp(a->comparison->host, b->comparison->host) == 0;
}

/* The newest comparison of each branch and host, as far as the newest ones tell. */
static size_t newest_lines(const struct front_page *front, size_t ret[BRANCHES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < front->line_count && count < BRANCHES_MAX; i++) {
		size_t known = 0;

		while (known < count &&
			!same_branch(&front->lines[ret[known]], &front->lines[i]))
			known++;
		if (known == count && front->lines[i].comparison->branch)
			ret[count++] = i;
	}
	return count;
}

static void put_drift_href(struct document *page, const struct front_drift *drift)
{
	auto_free char *address = address_drift(drift->branch, drift->host, "html");

	document_href(page, address, NULL);
}

/* How many open events it has. */
static void put_open(struct document *page, const struct front_page *front, const char *branch)
{
	size_t open = 0;

	for (size_t i = 0; i < front->event_count; i++)
		open += event_state_is_open(front->events[i].state) &&
			front->events[i].branch && strcmp(front->events[i].branch, branch) == 0;
	fprintf(page->out, open ? "<a href=\"#events\">%zu</a>" : "%zu", open);
}

/* A few kernels at least, or there is nothing to say. */
static bool has_drift(const struct front_drift *drift, struct drift_word *ret)
{
	return drift && drift_word_read(drift->word, ret) && ret->kernels > 1;
}

static void put_drift(struct document *page, const struct front_drift *drift)
{
	struct drift_word word;
	FILE *out = page->out;

	if (!has_drift(drift, &word)) {
		fputs(drift ? "no data yet" : "", out);
		return;
	}
	fputs("<a ", out);
	put_drift_href(page, drift);
	putc('>', out);
	drift_text(out, &word.change);
	fputs("</a><small>since ", out);
	html_text(out, word.anchor);
	fputs("</small>", out);
}

static void put_branch(
	struct document *page, const struct front_page *front, const struct front_line *line)
{
	const struct site_comparison *c = line->comparison;
	auto_free char *address = address_branch(c->branch, "html");
	char sees[NUMBER_BYTES] = "";
	FILE *out = page->out;

	fprintf(out, "<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\"><a ",
		line_class(&line->brief), line_glyph(&line->brief));
	document_href(page, address, NULL);
	putc('>', out);
	html_text_cut(out, c->branch, 80);
	fputs("</a><small>", out);
	html_text_cut(out, c->host, 60);
	fputs("</small></th><td class=\"word\">", out);
	put_kernel(page, c->fresh_oid);
	fputs("<small>", out);
	html_time(out, c->updated_unix_ms);
	fputs("</small></td><td class=\"word\">", out);
	line_verdict(out, page->up, line);
	if (line->brief.sees > 0)
		number_percent(line->brief.sees, sees);
	fprintf(out, "</td><td>%s</td><td>", *sees == '+' ? sees + 1 : sees);
	put_open(page, front, c->branch);
	fputs("</td><td class=\"word\">", out);
	queue_next(out, front_page_queue(front, c->branch));
	fputs("</td><td>", out);
	put_drift(page, front_page_drift(front, c->branch, c->host));
	fputs("</td></tr>\n", out);
}

static void put_spark(struct document *page, const struct front_drift *drift,
	const char *metric, const struct drift_change *change)
{
	char text[NUMBER_BYTES];
	auto_free char *ext = mem_printf("%s.svg", metric);
	auto_free char *picture = address_drift(drift->branch, drift->host, ext);
	FILE *out = page->out;

	fputs("<figure><figcaption><a ", out);
	put_drift_href(page, drift);
	number_percent(change->change, text);
	fprintf(out, ">%s</a> %s", metric, text);
	fputs("</figcaption><img loading=\"lazy\" width=\"150\" height=\"44\" src=\"", out);
	html_url(out, picture);
	fprintf(out,
		"\" alt=\"%s over the newest kernels, in percent of the anchor\"></figure>\n",
		metric);
}

/*
 * What moves slowly is seen here: a small plot a metric, of a branch one scale. Of the
 * branches that were measured last, so that the page stays small.
 */
static void put_sparks(struct document *page, const struct front_page *front,
	const size_t *newest, size_t count)
{
	FILE *out = page->out;
	size_t shown = 0;

	for (size_t i = 0; i < count; i++) {
		const struct site_comparison *c = front->lines[newest[i]].comparison;
		const struct front_drift *drift = front_page_drift(front, c->branch, c->host);
		struct drift_word word;

		if (!has_drift(drift, &word) || !word.metric_count || shown++ >= SPARKS_MAX)
			continue;
		fprintf(out, "%s<h3>",
			shown > 1 ? "" : "<h2 id=\"drift\">Since the anchor</h2>\n");
		html_text_cut(out, c->branch, 80);
		fputs(" on ", out);
		html_text_cut(out, c->host, 60);
		fprintf(out,
			" <small>against %s, n = %zu kernels, all configurations; grey: the "
			"minimum effect%s</small></h3>\n<div class=\"sparks\">\n",
			word.anchor, word.kernels,
			drift->emulated ? "; " DISPLAY_EMULATED : "");
		for (size_t k = 0; k < word.metric_count; k++)
			put_spark(page, drift, word.metrics[k].name, &word.metrics[k].change);
		fputs("</div>\n", out);
	}
	if (shown > SPARKS_MAX)
		fprintf(out,
			"<p>The plots of the %d branches that were measured last; those of "
			"%zu more are behind their drift above.</p>\n",
			SPARKS_MAX, shown - SPARKS_MAX);
}

static void put_event(struct document *page, const struct event *event)
{
	auto_free char *address = address_event(event->id, "html");
	char change[3][NUMBER_BYTES];
	FILE *out = page->out;

	number_percent(event->change, change[0]);
	number_percent_bare(event->low, change[1]);
	number_percent_bare(event->high, change[2]);
	fprintf(out,
		"<tr class=\"%s\"><td class=\"glyph\">%c</td><td class=\"word\">%s</td>"
		"<th scope=\"row\"><a ",
		event->improved ? "better" : "worse", event->improved ? '-' : '+',
		event_state_name(event->state));
	document_href(page, address, NULL);
	putc('>', out);
	html_text_cut(out, event->title, 100);
	fputs("</a>", out);
	if (event->emulated)
		fputs("<small>" DISPLAY_EMULATED "</small>", out);
	fprintf(out,
		"</th><td class=\"change\">%s<small>[%s, %s]</small></td><td>%zu of %zu</td>"
		"<td class=\"word\">",
		change[0], change[1], change[2], event->cells_flagged, event->cells_judged);
	html_text_cut(out, event->branch && *event->branch ? event->branch : "—", 60);
	fputs("<small>", out);
	if (event_is_exact(event)) {
		html_commit(out, event_commit(event)->oid);
	} else {
		html_commit(out, event->from.oid);
		fputs(" … ", out);
		html_commit(out, event->to.oid);
	}
	fputs("</small></td><td>", out);
	html_time(out, event->opened_unix_ms);
	fputs("</td></tr>\n", out);
}

/* The reason to come: what is open; or what was, the newest first. */
static void put_events(struct document *page, const struct front_page *front, bool open)
{
	static const char *const names[] = {
		"", "state", "what", "change", "configurations", "where", "since"};
	size_t count = 0;

	for (size_t i = 0; i < front->event_count; i++) {
		if (event_state_is_open(front->events[i].state) != open || count == EVENTS_MAX)
			continue;
		if (!count++)
			lines_begin(page->out, "lines", names, ARRAY_SIZE(names));
		put_event(page, &front->events[i]);
	}
	if (count)
		lines_end(page->out);
	else if (open && front->event_count) {
		fputs("<p>Nothing is open; the last change was seen ", page->out);
		html_time(page->out, front->events[0].opened_unix_ms);
		fputs(".</p>\n", page->out);
	} else if (open) {
		fputs("<p>Nothing is open.</p>\n", page->out);
	}
}

static bool has_closed(const struct front_page *front)
{
	for (size_t i = 0; i < front->event_count; i++)
		if (!event_state_is_open(front->events[i].state))
			return true;
	return false;
}

static void put_branches(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {"", "branch", "last measured", "last verdict",
		"sees", "open events", "next run", "drift since the anchor"};
	size_t newest[BRANCHES_MAX], count = newest_lines(front, newest);

	if (!count)
		return;
	fputs("<h2 id=\"branches\">Branches</h2>\n", page->out);
	lines_begin(page->out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < count; i++)
		put_branch(page, front, &front->lines[newest[i]]);
	lines_end(page->out);
	put_sparks(page, front, newest, count);
}

static void put_failures(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {"", "kernel", "branch", "what failed", "updated"};
	FILE *out = page->out;

	if (!front->failure_count)
		return;
	fputs("<h2 id=\"failures\">Kernels that could not be built</h2>\n", out);
	lines_begin(out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < front->failure_count; i++) {
		const struct front_failure *f = &front->failures[i];
		auto_free char *address = address_kernel(f->oid, "html");

		fputs("<tr class=\"lost\"><td class=\"glyph\">x</td><th scope=\"row\"><a ",
			out);
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, f->oid);
		fputs("</a><small>", out);
		html_text_cut(out, f->subject, 90);
		fputs("</small></th><td class=\"word\">", out);
		html_text_cut(out, f->branch ? f->branch : "—", 60);
		fprintf(out, "</td><td class=\"word\">%s<small>", symptom_phrase(f->symptom));
		html_text_cut(out, f->reason, 200);
		fputs("</small></td><td>", out);
		html_time(out, f->updated_unix_ms);
		fputs("</td></tr>\n", out);
	}
	lines_end(out);
	if (front->failure_count < front->failures_in_all)
		fprintf(out, "<p>The newest %zu of %zu are shown.</p>\n", front->failure_count,
			front->failures_in_all);
}

static void put_host(struct document *page, const struct front_host *host)
{
	auto_free char *address = address_host(host->name, "html");
	bool lost = host->health && strcmp(host->health, "quarantined") == 0;
	FILE *out = page->out;

	fprintf(out, "<tr%s><th scope=\"row\"><a ", lost ? " class=\"lost\"" : "");
	document_href(page, address, NULL);
	putc('>', out);
	html_text_cut(out, host->name, 60);
	fputs("</a>", out);
	if (host->emulated)
		fputs("<small>" DISPLAY_EMULATED "</small>", out);
	fputs("</th><td class=\"word\">", out);
	html_text_cut(out, host->driver, 30);
	fprintf(out, "</td><td class=\"word\">%s", lost ? "x " : "");
	html_text_cut(out, host->health, 20);
	if (host->health_reason) {
		fputs("<small>", out);
		html_text_cut(out, host->health_reason, 200);
		fputs("</small>", out);
	}
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, host->state, 200);
	fprintf(out, "</td><td>%zu</td><td>%zu</td><td>", host->boots, host->failed_boots);
	html_time(out, host->seen_unix_ms);
	fputs("</td></tr>\n", out);
}

static void put_hosts(struct document *page, const struct front_page *front)
{
	static const char *const names[] = {
		"host", "driver", "health", "does", "boots", "failed", "last answer"};

	if (!front->host_count)
		return;
	fputs("<h2 id=\"hosts\">Hosts</h2>\n", page->out);
	lines_begin(page->out, "lines", names, ARRAY_SIZE(names));
	for (size_t i = 0; i < front->host_count; i++)
		put_host(page, &front->hosts[i]);
	lines_end(page->out);
}

/* Why these pages can be believed, or not: the product. */
static void put_trust(struct document *page, const struct front_page *front)
{
	double lost =
		front->boots ? 100.0 * (double)front->boots_failed / (double)front->boots : 0;
	const struct front_precision *told = &front->precision;
	FILE *out = page->out;

	fputs("<h2 id=\"trust\">Trust</h2>\n<p>", out);
	if (front->aa_runs)
		fprintf(out, "A/A runs: %zu alert%s of %zu", front->aa_alerts,
			front->aa_alerts == 1 ? "" : "s", front->aa_runs);
	else
		fputs("A/A runs: none yet, so the rate of false alerts is not known", out);
	if (front->aa_runs && !front->aa_alerts)
		fprintf(out, " (below %.1f %% of runs, at 95 %%)",
			100 * (1 - pow(0.05, 1 / (double)front->aa_runs)));
	if (told->told)
		fprintf(out,
			". Events told: %zu; %zu agreed with, %zu invalid, %zu not yet "
			"answered",
			told->told, told->agreed, told->invalid,
			told->told - told->agreed - told->invalid);
	if (told->agreed + told->invalid)
		fprintf(out, ": precision %.0f %%",
			100.0 * (double)told->agreed / (double)(told->agreed + told->invalid));
	fprintf(out,
		". Boots lost or failed: %.1f %% of %zu. <a href=\"method.html\">How this "
		"is judged</a>.</p>\n",
		lost, front->boots);
}

static void put_updated(FILE *out, const struct front_page *front)
{
	if (!front->updated_unix_ms)
		return;
	fputs("<p class=\"updated\">updated ", out);
	html_time(out, front->updated_unix_ms);
	fputs("</p>\n", out);
}

int page_listing_write(const char *site_folder, const struct front_page *front, size_t chapter,
	struct err *err)
{
	auto_free char *address = address_listing(chapter);

	return document_save_json(site_folder, address, listing_chapter(front, chapter), err);
}

int page_index_write(const char *site_folder, const struct front_page *front, struct err *err)
{
	auto_free char *title =
		mem_printf("kvmperf: %.100s", front->title ? front->title : "KVM/arm64");
	struct document page;
	int r = document_save_json(site_folder, "index.json", listing_index(front), err);

	if (r < 0)
		return r;
	document_open(&page, "index.html", title);
	document_begin(&page, NULL, 0);
	fputs("<h1>", page.out);
	html_text_cut(page.out, front->title ? front->title : "KVM/arm64", 100);
	fputs("</h1>\n", page.out);
	put_updated(page.out, front);
	fputs("<h2 id=\"events\">Open events <small><a "
	      "href=\"events.atom\">feed</a></small></h2>\n",
		page.out);
	put_events(&page, front, true);
	put_branches(&page, front);
	put_hosts(&page, front);
	put_trust(&page, front);
	if (has_closed(front)) {
		fputs("<h2 id=\"closed\">Events that are not open any more</h2>\n", page.out);
		put_events(&page, front, false);
	}
	put_comparisons(&page, front);
	put_failures(&page, front);
	document_data(&page, "index.json", NULL);
	return document_save(&page, site_folder, front->updated_unix_ms, err);
}
