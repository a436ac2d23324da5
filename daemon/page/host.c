/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/host.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/history.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "view/document.h"

static void put_head(FILE *out, const struct host_page *host)
{
	bool lost = host->health && strcmp(host->health, "quarantined") == 0;

	fprintf(out, "<section class=\"verdict %s\">\n<h1>Host ", lost ? "lost" : "none");
	html_text_cut(out, host->name, 100);
	fputs(lost ? " is quarantined" : "", out);
	fputs("</h1>\n<p>", out);
	html_text_cut(out, host->health_reason, 1000);
	fprintf(out, "%s%zu boots, %zu of them failed or lost", host->health_reason ? "; " : "",
		host->boots, host->boots_failed);
	fputs("</p>\n", out);
	if (host->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", out);
	fputs("</section>\n", out);
}

static void put_facts(FILE *out, const struct host_page *host)
{
	char text[NUMBER_BYTES];

	fputs("<div class=\"wide\">\n<table class=\"facts\"><tbody>\n<tr><th "
	      "scope=\"row\">driver"
	      "</th><td class=\"word\">",
		out);
	html_text_cut(out, host->driver, 40);
	fputs("</td></tr>\n<tr><th scope=\"row\">health</th><td class=\"word\">", out);
	html_text_cut(out, host->health, 40);
	if (host->health_unix_ms) {
		fputs(", since ", out);
		html_time(out, host->health_unix_ms);
	}
	fputs("</td></tr>\n<tr><th scope=\"row\">last answer</th><td class=\"word\">", out);
	html_time(out, host->seen_unix_ms);
	fputs("</td></tr>\n", out);
	if (host->kexecs) {
		number_duration((int64_t)host->kexec_mean_ms, text);
		fprintf(out,
			"<tr><th scope=\"row\">kexec to hello</th><td class=\"word\">%s, mean "
			"of %zu</td></tr>\n",
			text, host->kexecs);
	}
	fputs("</tbody></table>\n</div>\n", out);
	if (!host->facts)
		return;
	fputs("<details><summary>Facts, as the newest boot told them</summary>\n<pre>", out);
	html_text_cut(out, host->facts, 16384);
	fputs("</pre></details>\n", out);
}

/* A row a scenario, a link a metric: families are in this order. */
static void put_histories(struct document *page, const struct host_page *host)
{
	FILE *out = page->out;

	if (!host->family_count)
		return;
	fputs("<h2 id=\"histories\">Histories</h2>\n<div class=\"wide\">\n<table "
	      "class=\"facts\">"
	      "<tbody>\n",
		out);
	for (size_t i = 0; i < host->family_count; i++) {
		const struct history_family *f = &host->families[i];
		bool begins = i == 0 || strcmp(f->scenario, f[-1].scenario) != 0;
		auto_free char *address =
			address_family(host->name, f->scenario, f->metric, "html");

		if (begins) {
			fprintf(out, "%s<tr><th scope=\"row\">", i ? "</td></tr>\n" : "");
			html_text_cut(out, f->scenario, 60);
			fputs("</th><td class=\"word\">", out);
		}
		fprintf(out, "%s<a ", begins ? "" : ", ");
		document_href(page, address, NULL);
		putc('>', out);
		html_text_cut(out, f->metric, 60);
		fputs("</a>", out);
	}
	fputs("</td></tr>\n</tbody></table>\n</div>\n", out);
}

static void put_aa(struct document *page, const struct host_page *host)
{
	FILE *out = page->out;

	fputs("<h2 id=\"aa\">A/A record</h2>\n", out);
	if (!host->aa_count) {
		fputs("<p>No kernel was compared with itself yet.</p>\n", out);
		return;
	}
	fputs("<div class=\"wide\">\n<table class=\"lines\">\n<caption>A kernel compared with "
	      "itself: whatever is flagged here is a false alarm</caption>\n<thead><tr>"
	      "<th scope=\"col\">kernels</th><th scope=\"col\">what was seen</th>"
	      "<th scope=\"col\">when</th></tr></thead>\n<tbody>\n",
		out);
	for (size_t i = 0; i < host->aa_count; i++) {
		const struct host_page_aa *aa = &host->aa[i];
		auto_free char *address =
			address_comparison(host->name, aa->base_oid, aa->fresh_oid, "html");

		fputs("<tr><th scope=\"row\"><a ", out);
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, aa->base_oid);
		fputs(" → ", out);
		html_commit(out, aa->fresh_oid);
		fputs("</a></th><td class=\"word\">", out);
		html_text_cut(out, aa->sentence, 200);
		fputs("</td><td>", out);
		html_time(out, aa->updated_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_change(FILE *out, double log_change, bool moved)
{
	char text[NUMBER_BYTES] = "";

	if (isfinite(log_change))
		number_percent(expm1(log_change), text);
	fprintf(out, "<td>%s%s</td>", moved ? "x " : "", text);
}

/* What each comparison said of the machine itself. */
static void put_checks(struct document *page, const struct host_page *host)
{
	FILE *out = page->out;

	fputs("<h2 id=\"drift\">Drift</h2>\n", out);
	if (!host->check_count) {
		fputs("<p>No comparison with interleaved boots has ended yet.</p>\n", out);
		return;
	}
	fprintf(out,
		"<div class=\"wide\">\n<table class=\"lines\">\n<caption>The machine against "
		"itself, over all cells; x: it moved%s</caption>\n<thead><tr>"
		"<th scope=\"col\">comparison</th><th scope=\"col\">the machine</th>"
		"<th scope=\"col\">control loop</th><th scope=\"col\">base kernel</th>"
		"<th scope=\"col\">within a lab session</th><th scope=\"col\">when</th></tr>"
		"</thead>\n<tbody>\n",
		host->emulated ? "; " DISPLAY_EMULATED : "");
	for (size_t i = 0; i < host->check_count; i++) {
		const struct host_page_check *check = &host->checks[i];
		auto_free char *address = address_comparison(
			host->name, check->base_oid, check->fresh_oid, "html");
		bool steady = strcmp(check->verdict, "steady") == 0;

		fprintf(out, "<tr%s><th scope=\"row\"><a ", steady ? "" : " class=\"lost\"");
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, check->base_oid);
		fputs(" → ", out);
		html_commit(out, check->fresh_oid);
		fprintf(out, "</a>%s</th><td class=\"word\">%s", check->aa ? " A/A" : "",
			steady ? "steady" : "x moved: ");
		html_text_cut(out, steady ? "" : check->verdict, 20);
		fputs("</td>", out);
		put_change(out, check->control, strcmp(check->verdict, "control") == 0);
		put_change(out, check->baseline, strcmp(check->verdict, "baseline") == 0);
		put_change(out, check->drift, check->drift_moved);
		fputs("<td>", out);
		html_time(out, check->checked_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static json_t *checks_json(const struct host_page *host)
{
	json_t *array = json_array();

	for (size_t i = 0; i < host->check_count; i++) {
		const struct host_page_check *c = &host->checks[i];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "base",
				json_text(c->base_oid), "new", json_text(c->fresh_oid),
				"machine", json_text(c->verdict), "control",
				json_number(expm1(c->control)), "baseline",
				json_number(expm1(c->baseline)), "drift",
				json_number(expm1(c->drift)), "drift_moved", c->drift_moved,
				"aa", c->aa, "checked", json_time(c->checked_unix_ms)));
	}
	return array;
}

static void put_steps(FILE *out, const struct host_page *host)
{
	if (!host->step_count)
		return;
	fputs("<h2 id=\"story\">Checks, rescues, quarantines</h2>\n<div class=\"wide\">\n"
	      "<table class=\"lines short\">\n<thead><tr><th scope=\"col\">when</th>"
	      "<th scope=\"col\">what</th><th scope=\"col\">words</th></tr></thead>\n<tbody>\n",
		out);
	for (size_t i = 0; i < host->step_count; i++) {
		fputs("<tr><td>", out);
		html_time(out, host->steps[i].unix_ms);
		fputs("</td><th scope=\"row\">", out);
		html_text_cut(out, host->steps[i].what, 20);
		fputs("</th><td class=\"word\">", out);
		html_text_cut(out, host->steps[i].text, 600);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_failed(struct document *page, const struct host_page *host)
{
	FILE *out = page->out;

	if (!host->failed_count)
		return;
	fputs("<h2 id=\"failed\">Failed boots, the newest first</h2>\n<div class=\"wide\">\n"
	      "<table class=\"lines short\">\n<thead><tr><th scope=\"col\" "
	      "class=\"glyph\"></th>"
	      "<th scope=\"col\">boot</th><th scope=\"col\">kernel</th>"
	      "<th scope=\"col\">what failed</th><th scope=\"col\">began</th></tr></thead>\n"
	      "<tbody>\n",
		out);
	for (size_t i = 0; i < host->failed_count; i++) {
		const struct host_page_boot *boot = &host->failed[i];
		auto_free char *address = address_boot(boot->id, "html");
		auto_free char *kernel = address_kernel(boot->oid, "html");

		fputs("<tr class=\"lost\"><td class=\"glyph\">x</td><th scope=\"row\"><a ",
			out);
		document_href(page, address, NULL);
		fprintf(out, ">%" PRId64 "</a></th><td class=\"word\"><a ", boot->id);
		document_href(page, kernel, NULL);
		putc('>', out);
		html_commit(out, boot->oid);
		fprintf(out, "</a></td><td class=\"word\">%s: %s<small>",
			failure_name(boot->failure), symptom_phrase(boot->symptom));
		html_text_cut(out, boot->reason, 200);
		fputs("</small></td><td>", out);
		html_time(out, boot->started_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
}

static json_t *lists_json(const struct host_page *host, json_t **ret_failed, json_t **ret_steps)
{
	json_t *aa = json_array();

	*ret_failed = json_array();
	*ret_steps = json_array();
	for (size_t i = 0; i < host->aa_count; i++)
		json_array_append_new(aa, json_pack("{s:o, s:o, s:o, s:o}", "base",
						  json_text(host->aa[i].base_oid), "new",
						  json_text(host->aa[i].fresh_oid), "sentence",
						  json_text(host->aa[i].sentence), "updated",
						  json_time(host->aa[i].updated_unix_ms)));
	for (size_t i = 0; i < host->failed_count; i++) {
		const struct host_page_boot *b = &host->failed[i];

		json_array_append_new(
			*ret_failed, json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)b->id,
					     "commit", json_text(b->oid), "failure",
					     json_failure(b->failure, b->symptom, b->reason),
					     "started", json_time(b->started_unix_ms)));
	}
	for (size_t i = 0; i < host->step_count; i++)
		json_array_append_new(*ret_steps,
			json_pack("{s:o, s:o, s:o}", "time", json_time(host->steps[i].unix_ms),
				"what", json_text(host->steps[i].what), "text",
				json_text(host->steps[i].text)));
	return aa;
}

static json_t *host_json(const struct host_page *host)
{
	json_t *histories = json_array(), *failed, *steps;
	json_t *aa = lists_json(host, &failed, &steps);

	for (size_t i = 0; i < host->family_count; i++) {
		const struct history_family *f = &host->families[i];
		auto_free char *data =
			address_family(host->name, f->scenario, f->metric, "json");

		json_array_append_new(histories,
			json_pack("{s:o, s:o, s:s}", "scenario", json_text(f->scenario),
				"metric", json_text(f->metric), "data", data));
	}
	return json_pack(
		"{s:s, s:i, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, "
		"s:o, s:o}",
		"format", "kvmperf.host", "version", 1, "host", json_text(host->name), "driver",
		json_text(host->driver), "numbers",
		json_text(host->emulated ? DISPLAY_EMULATED : NULL), "emulated", host->emulated,
		"health", json_text(host->health), "health_reason",
		json_text(host->health_reason), "last_answer", json_time(host->seen_unix_ms),
		"boots", (json_int_t)host->boots, "boots_failed",
		(json_int_t)host->boots_failed, "facts", json_text(host->facts), "aa", aa,
		"failed", failed, "story", steps, "histories", histories, "checks",
		checks_json(host));
}

int page_host_write(const char *site_folder, const struct host_page *host, struct err *err)
{
	auto_free char *address = address_host(host->name, "html");
	auto_free char *data = address_host(host->name, "json");
	auto_free char *title = mem_printf("Host %.100s: kvmperf", host->name);
	const char *names[] = {host->name};
	struct document page;
	int r = document_save_json(site_folder, data, host_json(host), err);

	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_head(page.out, host);
	put_facts(page.out, host);
	document_data(&page, data, NULL);
	put_histories(&page, host);
	put_checks(&page, host);
	put_aa(&page, host);
	put_steps(page.out, host);
	put_failed(&page, host);
	return document_save(&page, site_folder, host->seen_unix_ms, err);
}
