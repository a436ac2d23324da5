/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/boot.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "model/plan.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "text/number.h"
#include "view/document.h"

enum { LOG_SHOWN_BYTES = 64 * 1024, OUTPUT_SHOWN_CHARS = 8000 };

static void put_fact(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"word\">", name);
	html_text_cut(out, value, 2000);
	fputs("</td></tr>\n", out);
}

static void put_verdict(FILE *out, const struct boot_page *boot)
{
	bool failed = boot->failure != FAILURE_NONE;

	fprintf(out, "<section class=\"verdict %s\">\n<h1>", failed ? "lost" : "none");
	if (failed)
		fprintf(out, "Boot %" PRId64 " failed: %s%s", boot->id,
			symptom_subject(boot->symptom),
			boot->symptom == SYMPTOM_NONE ? "did not come up"
						      : symptom_phrase(boot->symptom));
	else
		fprintf(out, "Boot %" PRId64 " counts", boot->id);
	fputs("</h1>\n<p>", out);
	if (failed) {
		fprintf(out, "class %s; ", failure_name(boot->failure));
		html_text_cut(out, boot->reason, 1000);
	} else {
		fputs("release, build-id and KVM mode are those of the kernel that was loaded",
			out);
	}
	fputs("</p>\n", out);
	if (boot->emulated)
		fputs("<p class=\"emulated\">" DISPLAY_EMULATED "</p>\n", out);
	fputs("</section>\n", out);
}

static void put_link(
	struct document *page, const char *name, const char *address, const char *text)
{
	fprintf(page->out, "<tr><th scope=\"row\">%s</th><td class=\"word\"><a ", name);
	document_href(page, address, NULL);
	putc('>', page->out);
	html_text_cut(page->out, text, 100);
	fputs("</a></td></tr>\n", page->out);
}

/* Where it ran, and what. */
static void put_links(struct document *page, const struct boot_page *boot)
{
	auto_free char *host = address_host(boot->host, "html");
	auto_free char *kernel = address_kernel(boot->oid, "html");

	if (boot->host)
		put_link(page, "host", host, boot->host);
	if (boot->oid)
		put_link(page, "commit", kernel, boot->oid);
}

static void put_facts(struct document *page, const struct boot_page *boot)
{
	FILE *out = page->out;
	char text[NUMBER_BYTES];

	fputs("<div class=\"wide\">\n<table class=\"facts\"><tbody>\n", out);
	if (boot->base_oid && boot->fresh_oid) {
		auto_free char *address =
			address_comparison(boot->host, boot->base_oid, boot->fresh_oid, "html");

		fputs("<tr><th scope=\"row\">made for</th><td class=\"word\"><a ", out);
		document_href(page, address, NULL);
		fprintf(out, ">comparison %.12s..%.12s</a></td></tr>\n", boot->base_oid,
			boot->fresh_oid);
	}
	put_links(page, boot);
	put_fact(out, "subject", boot->subject);
	/* of a kernel that never came up it was golden that answered last */
	put_fact(out, boot->failure == FAILURE_KERNEL ? "last answer from" : "release",
		boot->release);
	put_fact(out, "build-id", boot->build_id);
	put_fact(out, "KVM", boot->kvm_mode);
	put_fact(out, "boot id", boot->boot_id);
	put_fact(out, "kernel command line", boot->cmdline);
	fprintf(out,
		"<tr><th scope=\"row\">taint</th><td class=\"word\">%" PRIu64 "</td></tr>\n",
		boot->taint);
	if (boot->kexec_ms) {
		number_duration(boot->kexec_ms, text);
		put_fact(out, "kexec to hello", text);
	}
	fputs("<tr><th scope=\"row\">began</th><td class=\"word\">", out);
	html_time(out, boot->started_unix_ms);
	number_duration(boot->ended_unix_ms - boot->started_unix_ms, text);
	fprintf(out, ", took %s</td></tr>\n", boot->ended_unix_ms ? text : "n/a");
	put_fact(out, "plan", boot->plan);
	fputs("</tbody></table>\n</div>\n", out);
}

/* The end of a log, folded away or not. */
static void put_log(FILE *out, const char *title, const char *log, bool folded)
{
	size_t length = log ? strlen(log) : 0;

	if (!length)
		return;
	if (folded)
		fprintf(out, "<details><summary>%s</summary>\n<pre>", title);
	else
		fprintf(out, "<h2>%s</h2>\n<pre>", title);
	if (length > LOG_SHOWN_BYTES) {
		fputs("…\n", out);
		log += length - LOG_SHOWN_BYTES;
		length = LOG_SHOWN_BYTES;
	}
	html_bytes(out, log, length, length);
	fprintf(out, "</pre>%s\n", folded ? "</details>" : "");
}

/* "40/48/4K" behind the scenario: the same name, and so anchor, as on comparison pages. */
static void process_name(const struct boot_page_process *process, char ret[DISPLAY_NAME_BYTES])
{
	char mode[64];

	plan_mode_short(process->mode ? process->mode : "", mode, sizeof(mode));
	snprintf(ret, DISPLAY_NAME_BYTES, "%.90s %.60s",
		process->scenario ? process->scenario : "process", mode);
}

/* Has an earlier process the same name? Then the anchor is its already. */
static bool is_repeated(const struct boot_page *boot, size_t index)
{
	char name[DISPLAY_NAME_BYTES], earlier[DISPLAY_NAME_BYTES];

	process_name(&boot->processes[index], name);
	for (size_t i = 0; i < index; i++) {
		process_name(&boot->processes[i], earlier);
		if (strcmp(name, earlier) == 0)
			return true;
	}
	return false;
}

static void put_outcome(FILE *out, const struct boot_page_process *process)
{
	if (process->failure == FAILURE_NONE) {
		fputs(process->warmup ? "warm-up, not judged" : "counts", out);
		return;
	}
	fprintf(out, "x %s", symptom_phrase(process->symptom));
	if (process->reason) {
		fputs(": ", out);
		html_text_cut(out, process->reason, 400);
	}
}

/* What stands behind a value: its unit says whether it may be judged on this host. */
static const char *value_word(const struct boot_page *boot, const struct boot_page_value *value)
{
	if (!value->unit || strcmp(value->unit, "s") != 0)
		return value->unit;
	return boot->emulated ? "wall time, never judged here" : "";
}

static void put_values(
	FILE *out, const struct boot_page *boot, const struct boot_page_process *process)
{
	char text[NUMBER_BYTES];

	if (!process->value_count)
		return;
	fputs("<table class=\"values\"><thead><tr><th scope=\"col\">metric</th>"
	      "<th scope=\"col\">iteration</th><th scope=\"col\">value</th>"
	      "<th scope=\"col\" class=\"word\">what</th></tr></thead>\n<tbody>\n",
		out);
	for (size_t i = 0; i < process->value_count; i++) {
		const struct boot_page_value *value = &process->values[i];

		number_value(value->value, value->unit, text);
		fputs("<tr><th scope=\"row\">", out);
		html_text_cut(out, value->metric, 60);
		fputs("</th><td>", out);
		if (value->iteration)
			fprintf(out, "%d", value->iteration);
		fprintf(out, "</td><td>%s</td><td class=\"word\">", text);
		html_text_cut(out, value_word(boot, value), 30);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

static void put_output(struct document *page, const char *title, const char *address,
	const char *bytes, size_t count)
{
	if (!count)
		return;
	fprintf(page->out, "<p>%s, <a ", title);
	document_href(page, address, NULL);
	fprintf(page->out, ">%zu bytes</a>:</p>\n<pre>", count);
	html_bytes(page->out, bytes, count, OUTPUT_SHOWN_CHARS);
	fputs("</pre>\n", page->out);
}

static void put_process(struct document *page, const struct boot_page *boot, size_t index)
{
	const struct boot_page_process *process = &boot->processes[index];
	auto_free char *output = address_output(boot->id, process->number, "txt");
	auto_free char *errors = address_output(boot->id, process->number, "err.txt");
	char name[DISPLAY_NAME_BYTES], took[NUMBER_BYTES], chunk[NUMBER_BYTES];
	FILE *out = page->out;

	process_name(process, name);
	number_duration(process->duration_ms, took);
	fprintf(out, "<details%s",
		process->failure != FAILURE_NONE ? " class=\"lost\" open" : "");
	if (!is_repeated(boot, index)) {
		fputs(" id=\"", out);
		html_anchor(out, name);
		putc('"', out);
	}
	fprintf(out, "><summary><b>%d</b> ", process->number);
	html_text(out, name);
	fputs(" <span>", out);
	put_outcome(out, process);
	fprintf(out, "; %s</span></summary>\n<pre>", took);
	html_text_cut(out, process->command, 2000);
	if (process->signal)
		fprintf(out, "</pre>\n<p>Killed by signal %d", process->signal);
	else
		fprintf(out, "</pre>\n<p>Exit status %d", process->exit_status);
	fprintf(out, " after %s; %zu ioctls were wrapped", took, process->calls);
	if (process->calls_dropped)
		fprintf(out, ", %zu of them without an instruction count",
			process->calls_dropped);
	if (process->chunk_bytes > 0) {
		number_bytes(process->chunk_bytes, chunk);
		fprintf(out, "; eager splitting in chunks of %s", chunk);
	}
	fputs(".</p>\n", out);
	put_values(out, boot, process);
	put_output(page, "Raw output", output, process->output, process->output_bytes);
	put_output(page, "Raw standard error", errors, process->errors, process->errors_bytes);
	fputs("</details>\n", out);
}

static int save_output(const char *site_folder, const struct boot_page *boot, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < boot->process_count && r == 0; i++) {
		const struct boot_page_process *process = &boot->processes[i];
		auto_free char *output = address_output(boot->id, process->number, "txt");
		auto_free char *errors = address_output(boot->id, process->number, "err.txt");

		if (process->output_bytes)
			r = document_save_bytes(site_folder, output, process->output,
				process->output_bytes, err);
		if (r == 0 && process->errors_bytes)
			r = document_save_bytes(site_folder, errors, process->errors,
				process->errors_bytes, err);
	}
	return r;
}

static json_t *values_json(const struct boot_page_process *process)
{
	json_t *array = json_array();

	for (size_t i = 0; i < process->value_count; i++) {
		const struct boot_page_value *v = &process->values[i];

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:i, s:o}", "quantity", json_text(v->metric),
				"unit", json_text(v->unit), "iteration", v->iteration, "value",
				json_number(v->value)));
	}
	return array;
}

static json_t *processes_json(const struct boot_page *boot)
{
	json_t *array = json_array();

	for (size_t i = 0; i < boot->process_count; i++) {
		const struct boot_page_process *p = &boot->processes[i];

		json_array_append_new(array,
			json_pack("{s:i, s:o, s:o, s:b, s:o, s:i, s:i, s:I, s:I, s:I, s:I, "
				  "s:o, s:o}",
				"number", p->number, "scenario", json_text(p->scenario), "mode",
				json_text(p->mode), "warmup", p->warmup, "command",
				json_text(p->command), "exit_status", p->exit_status, "signal",
				p->signal, "duration_ms", (json_int_t)p->duration_ms,
				"chunk_bytes", (json_int_t)p->chunk_bytes, "calls",
				(json_int_t)p->calls, "calls_dropped",
				(json_int_t)p->calls_dropped, "failure",
				json_failure(p->failure, p->symptom, p->reason), "values",
				values_json(p)));
	}
	return array;
}

static json_t *boot_json(const struct boot_page *boot)
{
	return json_pack(
		"{s:s, s:i, s:I, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, "
		"s:o, s:I, s:o, s:o, s:o}",
		"format", "kvmperf.boot", "version", 1, "id", (json_int_t)boot->id, "host",
		json_text(boot->host), "emulated", boot->emulated, "numbers",
		json_text(boot->emulated ? DISPLAY_EMULATED : NULL), "commit",
		json_text(boot->oid), "release", json_text(boot->release), "build_id",
		json_text(boot->build_id), "boot_id", json_text(boot->boot_id),
		"kernel_parameters", json_text(boot->cmdline), "kvm_mode",
		json_text(boot->kvm_mode), "taint", (json_int_t)boot->taint, "started",
		json_time(boot->started_unix_ms), "ended", json_time(boot->ended_unix_ms),
		"kexec_ms", (json_int_t)boot->kexec_ms, "failure",
		json_failure(boot->failure, boot->symptom, boot->reason), "facts",
		json_text(boot->facts), "processes", processes_json(boot));
}

int page_boot_write(const char *site_folder, const struct boot_page *boot, struct err *err)
{
	auto_free char *address = address_boot(boot->id, "html");
	auto_free char *data = address_boot(boot->id, "json");
	auto_free char *title = mem_printf("Boot %" PRId64 " of %.12s on %.60s: kvmperf",
		boot->id, boot->oid ? boot->oid : "?", boot->host ? boot->host : "?");
	const char *names[] = {boot->branch, boot->host, "boot"};
	struct document page;
	/* what the page links to comes first */
	int r = save_output(site_folder, boot, err);

	if (r == 0)
		r = document_save_json(site_folder, data, boot_json(boot), err);
	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_verdict(page.out, boot);
	put_facts(&page, boot);
	document_data(&page, data, NULL);
	put_log(page.out, "Serial console, the end", boot->console, false);
	put_log(page.out, "Kernel messages worth seeing", boot->highlights, false);
	if (boot->process_count)
		fprintf(page.out, "<h2 id=\"processes\">%zu test processes</h2>\n",
			boot->process_count);
	for (size_t i = 0; i < boot->process_count; i++)
		put_process(&page, boot, i);
	if (boot->facts || boot->dmesg)
		fputs("<h2 id=\"host\">Host and kernel</h2>\n", page.out);
	put_log(page.out, "Facts of the host", boot->facts, true);
	put_log(page.out, "All kernel messages", boot->dmesg, true);
	return document_save(&page, site_folder, boot->ended_unix_ms, err);
}
