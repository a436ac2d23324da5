/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/event.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/plan.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "view/document.h"

static void put_change(FILE *out, double change, double low, double high)
{
	char text[3][NUMBER_BYTES];

	number_percent(change, text[0]);
	number_percent_bare(low, text[1]);
	number_percent_bare(high, text[2]);
	fprintf(out, "%s [%s, %s]", text[0], text[1], text[2]);
}

static void put_head(FILE *out, const struct event *event)
{
	bool open = event_state_is_open(event->state);

	fprintf(out, "<section class=\"verdict %s\">\n<h1>",
		!open		  ? "none"
		: event->improved ? "better"
				  : "worse");
	html_text_cut(out, event->sentence, 400);
	fprintf(out, "</h1>\n<p>Event %" PRId64 ", %s; ", event->id,
		event_state_name(event->state));
	html_text_cut(out, event->title, 100);
	putc(' ', out);
	put_change(out, event->change, event->low, event->high);
	fprintf(out, ", %zu of %zu configurations; since ", event->cells_flagged,
		event->cells_judged);
	html_time(out, event->opened_unix_ms);
	fputs("</p>\n", out);
	if (event->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", out);
	fputs("</section>\n", out);
}

static void put_commit(
	struct document *page, const char *what, const struct event_commit *commit)
{
	FILE *out = page->out;

	if (!commit->oid)
		return;
	/* a commit that was only bisected to may have no kernel, and so no page */
	fprintf(out, "<tr><th scope=\"row\">%s</th><td>", what);
	html_commit(out, commit->oid);
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, commit->subject, 200);
	fputs("<small>", out);
	html_text_cut(out, commit->author, 100);
	fputs("</small></td></tr>\n", out);
}

static void put_range(struct document *page, const struct event *event)
{
	FILE *out = page->out;

	fputs("<div class=\"wide\">\n<table class=\"lines short\">\n<caption>", out);
	html_text_cut(out, event->branch && *event->branch ? event->branch : "no branch", 100);
	fprintf(out, ": %s</caption>\n<tbody>\n",
		event_is_exact(event) ? "one commit"
				      : "the change is after the first and not "
					"after the second");
	put_commit(page, "without it", &event->from);
	put_commit(page, "with it", &event->to);
	put_commit(page, "the commit", &event->culprit);
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_cells(FILE *out, const struct event *event)
{
	if (!event->cell_count)
		return;
	fprintf(out,
		"<h2 id=\"cells\">Configurations</h2>\n<div class=\"wide\">\n"
		"<table class=\"changes sortable\">\n<caption>Geometric means over boots; "
		"interval: 95 %%%s</caption>\n<thead><tr><th scope=\"col\">host</th>"
		"<th scope=\"col\">configuration</th><th scope=\"col\">metric</th>"
		"<th scope=\"col\">before</th><th scope=\"col\">after</th>"
		"<th scope=\"col\">change</th></tr></thead>\n<tbody>\n",
		event->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t i = 0; i < event->cell_count; i++) {
		const struct event_cell *cell = &event->cells[i];
		char before[NUMBER_BYTES], after[NUMBER_BYTES], mode[64];

		number_value(cell->base_value, cell->unit, before);
		number_value(cell->new_value, cell->unit, after);
		plan_mode_short(cell->mode ? cell->mode : "", mode, sizeof(mode));
		fprintf(out, "<tr class=\"%s\"><td class=\"word\">",
			event->improved ? "better" : "worse");
		html_text_cut(out, cell->host, 60);
		fputs("</td><th scope=\"row\">", out);
		html_text_cut(out, cell->scenario, 60);
		putc(' ', out);
		html_text(out, mode);
		fputs("</th><td class=\"word\">", out);
		html_text_cut(out, cell->metric, 40);
		fprintf(out, "</td><td>%s</td><td>%s</td><td class=\"change\">", before, after);
		put_change(out, cell->change, cell->low, cell->high);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_evidence(struct document *page, const struct event *event)
{
	FILE *out = page->out;

	if (!event->evidence_count)
		return;
	fputs("<h2 id=\"evidence\">Evidence</h2>\n<div class=\"wide\">\n<table "
	      "class=\"lines\">\n"
	      "<thead><tr><th scope=\"col\">comparison</th><th scope=\"col\">host</th>"
	      "<th scope=\"col\">says</th><th scope=\"col\">when</th></tr></thead>\n<tbody>\n",
		out);
	for (size_t i = 0; i < event->evidence_count; i++) {
		const struct event_evidence *e = &event->evidence[i];
		auto_free char *address =
			address_comparison(e->host, e->base_oid, e->new_oid, "html");

		fputs("<tr><th scope=\"row\"><a ", out);
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, e->base_oid);
		fputs(" → ", out);
		html_commit(out, e->new_oid);
		fputs("</a></th><td class=\"word\">", out);
		html_text_cut(out, e->host, 60);
		fprintf(out, "</td><td class=\"word\">%s</td><td>", event_role_name(e->role));
		html_time(out, e->unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_story(FILE *out, const struct event *event)
{
	fputs("<h2 id=\"story\">Story</h2>\n<div class=\"wide\">\n<table class=\"lines "
	      "short\">\n"
	      "<thead><tr><th scope=\"col\">when</th><th scope=\"col\">state</th>"
	      "<th scope=\"col\">who</th><th scope=\"col\">why</th></tr></thead>\n<tbody>\n",
		out);
	for (size_t i = 0; i < event->step_count; i++) {
		const struct event_step *step = &event->steps[i];

		fputs("<tr><td>", out);
		html_time(out, step->unix_ms);
		fputs("</td><th scope=\"row\">", out);
		html_text_cut(out, step->to, 20);
		fputs("</th><td class=\"word\">", out);
		html_text_cut(out, step->who, 100);
		fputs("</td><td class=\"word\">", out);
		html_text_cut(out, step->why, 600);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (!event->mail_count)
		return;
	fputs("<h2 id=\"mails\">Mails</h2>\n<ul>\n", out);
	for (size_t i = 0; i < event->mail_count; i++) {
		const struct event_mail *mail = &event->mails[i];

		fputs("<li>", out);
		html_text_cut(out, mail->subject, 200);
		fputs(" (", out);
		html_text_cut(out, mail->state, 20);
		fputs(", ", out);
		html_time(out, mail->unix_ms);
		fputs(") <code>", out);
		html_text_cut(out, mail->message_id, 200);
		fputs("</code></li>\n", out);
	}
	fputs("</ul>\n", out);
}

static json_t *commit_json(const struct event_commit *commit)
{
	if (!commit->oid)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "commit", json_text(commit->oid), "subject",
		json_text(commit->subject), "author", json_text(commit->author));
}

static json_t *cells_json(const struct event *event)
{
	json_t *array = json_array();

	for (size_t i = 0; i < event->cell_count; i++) {
		const struct event_cell *c = &event->cells[i];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:[o, o], s:o, s:o}", "host",
				json_text(c->host), "scenario", json_text(c->scenario), "mode",
				json_text(c->mode), "metric", json_text(c->metric), "unit",
				json_text(c->unit), "change", json_number(c->change),
				"interval", json_number(c->low), json_number(c->high), "before",
				json_number(c->base_value), "after",
				json_number(c->new_value)));
	}
	return array;
}

static json_t *steps_json(const struct event *event)
{
	json_t *array = json_array();

	for (size_t i = 0; i < event->step_count; i++) {
		const struct event_step *s = &event->steps[i];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o}", "time", json_time(s->unix_ms),
				"from", json_text(s->from), "to", json_text(s->to), "who",
				json_text(s->who), "why", json_text(s->why)));
	}
	return array;
}

static json_t *evidence_json(const struct event *event)
{
	json_t *array = json_array();

	for (size_t i = 0; i < event->evidence_count; i++) {
		const struct event_evidence *e = &event->evidence[i];
		auto_free char *page =
			address_comparison(e->host, e->base_oid, e->new_oid, "html");

		json_array_append_new(
			array, json_pack("{s:s, s:o, s:o, s:s}", "role",
				       event_role_name(e->role), "host", json_text(e->host),
				       "time", json_time(e->unix_ms), "page", page));
	}
	return array;
}

static json_t *event_json(const struct event *event)
{
	return json_pack(
		"{s:s, s:i, s:I, s:s, s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:[o, o], s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
		"format", "kvmperf.event", "version", 1, "id", (json_int_t)event->id, "state",
		event_state_name(event->state), "direction",
		event->improved ? "improved" : "regressed", "branch", json_text(event->branch),
		"emulated", event->emulated, "numbers",
		json_text(event->emulated ? DISPLAY_EMULATED : NULL), "sentence",
		json_text(event->sentence), "metric", json_text(event->metric), "from",
		commit_json(&event->from), "to", commit_json(&event->to), "culprit",
		commit_json(&event->culprit), "change", json_number(event->change), "interval",
		json_number(event->low), json_number(event->high), "cells_flagged",
		(json_int_t)event->cells_flagged, "cells_judged",
		(json_int_t)event->cells_judged, "opened", json_time(event->opened_unix_ms),
		"updated", json_time(event->updated_unix_ms), "message_id",
		json_text(event->message_id), "cells", cells_json(event), "story",
		steps_json(event), "evidence", evidence_json(event));
}

int page_event_write(const char *site_folder, const struct event *event, struct err *err)
{
	auto_free char *address = address_event(event->id, "html");
	auto_free char *data = address_event(event->id, "json");
	auto_free char *title = mem_printf("%.200s | kvmperf", event->sentence);
	const char *names[] = {event->branch, "event"};
	struct document page;
	int r = document_save_json(site_folder, data, event_json(event), err);

	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_head(page.out, event);
	put_range(&page, event);
	document_data(&page, data, NULL);
	put_cells(page.out, event);
	put_evidence(&page, event);
	put_story(page.out, event);
	return document_save(&page, site_folder, event->updated_unix_ms, err);
}

static void put_entry(FILE *out, const struct event *event, size_t index)
{
	const struct event_step *step = &event->steps[index];
	auto_free char *address = address_event(event->id, "html");
	char stamp[CLOCK_STAMP_BYTES];

	clock_stamp(step->unix_ms, stamp);
	fputs("<entry>\n<id>urn:kvmperf:", out);
	html_anchor(out, event->message_id);
	fprintf(out, ":%zu</id>\n<title>", index + 1);
	html_text_cut(out, step->to, 20);
	fputs(": ", out);
	html_text_cut(out, event->sentence, 300);
	fprintf(out, "</title>\n<updated>%s</updated>\n<link href=\"%s\"/>\n<summary>", stamp,
		address);
	html_text_cut(out, step->why, 600);
	fprintf(out, "%s</summary>\n</entry>\n",
		event->emulated ? " (" DISPLAY_EMULATED ")" : "");
}

/* Is it a change of state, and not a note? */
static bool is_told(const struct event *event, size_t index)
{
	const struct event_step *step = &event->steps[index];

	return strcmp(step->to, "new") != 0 &&
	       (!step->from || strcmp(step->from, step->to) != 0);
}

int page_feed_write(
	const char *site_folder, const struct event *events, size_t count, struct err *err)
{
	auto_free char *bytes = NULL;
	size_t size = 0;
	char stamp[CLOCK_STAMP_BYTES];
	int64_t updated = 0;
	FILE *out = open_memstream(&bytes, &size);

	for (size_t i = 0; i < count; i++)
		if (events[i].updated_unix_ms > updated)
			updated = events[i].updated_unix_ms;
	clock_stamp(updated, stamp);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>urn:kvmperf:events</id>\n"
		"<title>kvmperf: events of KVM/arm64</title>\n<updated>%s</updated>\n"
		"<author><name>kvmperf</name></author>\n<link href=\"index.html\"/>\n"
		"<link rel=\"self\" href=\"events.atom\"/>\n",
		stamp);
	for (size_t i = 0; i < count; i++)
		for (size_t s = events[i].step_count; s-- > 0;)
			if (is_told(&events[i], s))
				put_entry(out, &events[i], s);
	fputs("</feed>\n", out);
	fclose(out);
	return document_save_bytes(site_folder, "events.atom", bytes, size, err);
}
