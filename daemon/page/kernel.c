/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/kernel.h"

#include <string.h>

#include "base/mem.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "view/document.h"

enum { LOG_SHOWN_BYTES = 64 * 1024 };

static void put_fact(FILE *out, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"word\">", name);
	html_text_cut(out, value, 400);
	fputs("</td></tr>\n", out);
}

static void put_log(FILE *out, const char *log, bool folded)
{
	size_t length = strlen(log);

	fputs(folded ? "<details><summary>End of the build log</summary>\n<pre>"
		     : "<h3>End of the build log</h3>\n<pre>",
		out);
	if (length > LOG_SHOWN_BYTES) {
		fputs("…\n", out);
		log += length - LOG_SHOWN_BYTES;
		length = LOG_SHOWN_BYTES;
	}
	html_bytes(out, log, length, length);
	fputs(folded ? "</pre></details>\n" : "</pre>\n", out);
}

static void put_verdict(FILE *out, const struct kernel_page *kernel)
{
	const struct kernel_page_build *build = kernel->build_count ? kernel->builds : NULL;
	bool failed = build && build->failure != FAILURE_NONE;

	fprintf(out, "<section class=\"verdict %s\">\n<h1>Kernel ", failed ? "lost" : "none");
	html_commit(out, kernel->oid);
	fprintf(out, " %s</h1>\n<p>",
		!build	 ? "was not built"
		: failed ? symptom_phrase(build->symptom)
			 : "is built");
	html_text_cut(out, failed && build->reason ? build->reason : kernel->subject, 1000);
	fputs("</p>\n</section>\n", out);
}

static void put_commit(FILE *out, const struct kernel_page *kernel)
{
	fputs("<div class=\"wide\">\n<table class=\"facts\"><tbody>\n", out);
	put_fact(out, "commit", kernel->oid);
	put_fact(out, "subject", kernel->subject);
	put_fact(out, "author", kernel->author);
	put_fact(out, "parent", kernel->parent);
	put_fact(out, "branch", kernel->branch);
	if (kernel->commit_unix_ms) {
		fputs("<tr><th scope=\"row\">committed</th><td class=\"word\">", out);
		html_time(out, kernel->commit_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n</div>\n", out);
}

/* Its text is a file, for all kernels that have it. */
static void put_config(struct document *page, const struct kernel_page_build *build)
{
	auto_free char *address = address_config(build->config_hash);
	size_t options = 0;

	if (!build->config) {
		put_fact(page->out, "config hash", build->config_hash);
		return;
	}
	fputs("<tr><th scope=\"row\">config</th><td class=\"word\"><a ", page->out);
	document_href(page, address, NULL);
	putc('>', page->out);
	html_text_cut(page->out, build->config_hash, 64);
	for (const char *p = build->config; *p; p++)
		options += *p == '\n';
	fprintf(page->out, "</a>: %zu options are set</td></tr>\n", options);
}

static void put_build(struct document *page, const struct kernel_page_build *build)
{
	FILE *out = page->out;

	fputs("<div class=\"wide\">\n<table class=\"facts\"><tbody>\n", out);
	if (build->failure != FAILURE_NONE) {
		put_fact(out, "x failed", symptom_phrase(build->symptom));
		put_fact(out, "reason", build->reason);
	}
	put_fact(out, "release", build->release);
	put_fact(out, "build-id", build->build_id);
	put_fact(out, "image hash", build->image_hash);
	put_config(page, build);
	put_fact(out, "toolchain", build->toolchain);
	put_fact(out, "recipe", build->recipe);
	if (build->twin_oid) {
		auto_free char *address = address_kernel(build->twin_oid, "html");

		fputs("<tr><th scope=\"row\">same image as</th><td class=\"word\"><a ", out);
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, build->twin_oid);
		fputs("</a>: a comparison of the two is an A/A run</td></tr>\n", out);
	}
	fprintf(out, "<tr><th scope=\"row\">%s</th><td class=\"word\">",
		build->prebuilt ? "received prebuilt" : "built");
	html_time(out, build->built_unix_ms);
	fputs("</td></tr>\n</tbody></table>\n</div>\n", out);
	if (build->log_tail)
		put_log(out, build->log_tail, build->failure == FAILURE_NONE);
}

static void put_comparisons(struct document *page, const struct kernel_page *kernel)
{
	FILE *out = page->out;

	if (!kernel->comparison_count)
		return;
	fprintf(out,
		"<h2 id=\"comparisons\">%zu comparison%s</h2>\n<div class=\"wide\">\n"
		"<table class=\"lines\">\n<thead><tr><th scope=\"col\">base → new</th>"
		"<th scope=\"col\">host</th><th scope=\"col\">kind</th>"
		"<th scope=\"col\">state</th><th scope=\"col\">updated</th></tr></thead>\n"
		"<tbody>\n",
		kernel->comparisons_in_all, kernel->comparisons_in_all == 1 ? "" : "s");
	for (size_t i = 0; i < kernel->comparison_count; i++) {
		const struct kernel_page_comparison *c = &kernel->comparisons[i];
		auto_free char *address =
			address_comparison(c->host, c->base_oid, c->fresh_oid, "html");

		fputs("<tr><th scope=\"row\"><a ", out);
		document_href(page, address, NULL);
		putc('>', out);
		html_commit(out, c->base_oid);
		fputs(" → ", out);
		html_commit(out, c->fresh_oid);
		fputs("</a></th><td class=\"word\">", out);
		html_text_cut(out, c->host, 60);
		fputs("</td><td class=\"word\">", out);
		html_text_cut(out, c->kind, 20);
		fputs("</td><td class=\"word\">", out);
		html_text_cut(out, c->state, 20);
		fputs("</td><td>", out);
		html_time(out, c->updated_unix_ms);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (kernel->comparison_count < kernel->comparisons_in_all)
		fprintf(out, "<p>The newest %zu are shown.</p>\n", kernel->comparison_count);
}

static void put_boots(struct document *page, const struct kernel_page *kernel)
{
	FILE *out = page->out;

	if (!kernel->boot_count)
		return;
	fprintf(out,
		"<h2 id=\"boots\">%zu boot%s, %zu failed</h2>\n<div class=\"wide\">\n"
		"<table class=\"lines short\">\n<thead><tr><th scope=\"col\">boot</th>"
		"<th scope=\"col\">host</th><th scope=\"col\">began</th>"
		"<th scope=\"col\">outcome</th></tr></thead>\n<tbody>\n",
		kernel->boots_in_all, kernel->boots_in_all == 1 ? "" : "s",
		kernel->boots_failed);
	for (size_t i = 0; i < kernel->boot_count; i++) {
		const struct kernel_page_boot *boot = &kernel->boots[i];
		auto_free char *address = address_boot(boot->id, "html");
		bool failed = boot->failure != FAILURE_NONE;

		fprintf(out, "<tr%s><th scope=\"row\"><a ", failed ? " class=\"lost\"" : "");
		document_href(page, address, NULL);
		fprintf(out, ">%lld</a></th><td class=\"word\">", (long long)boot->id);
		html_text_cut(out, boot->host, 60);
		fputs("</td><td>", out);
		html_time(out, boot->started_unix_ms);
		fprintf(out, "</td><td class=\"word\">%s%s</td></tr>\n", failed ? "x " : "",
			!failed				? "counts"
			: boot->symptom == SYMPTOM_NONE ? failure_name(boot->failure)
							: symptom_phrase(boot->symptom));
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
	if (kernel->boot_count < kernel->boots_in_all)
		fprintf(out, "<p>The newest %zu are shown.</p>\n", kernel->boot_count);
}

static json_t *builds_json(const struct kernel_page *kernel)
{
	json_t *array = json_array();

	for (size_t i = 0; i < kernel->build_count; i++) {
		const struct kernel_page_build *b = &kernel->builds[i];
		auto_free char *config = b->config ? address_config(b->config_hash) : NULL;

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}",
				"recipe", json_text(b->recipe), "toolchain",
				json_text(b->toolchain), "config_hash",
				json_text(b->config_hash), "config", json_text(config),
				"release", json_text(b->release), "build_id",
				json_text(b->build_id), "image_hash", json_text(b->image_hash),
				"failure", json_failure(b->failure, b->symptom, b->reason),
				"built", json_time(b->built_unix_ms), "prebuilt", b->prebuilt,
				"same_image_as", json_text(b->twin_oid)));
	}
	return array;
}

static json_t *boots_json(const struct kernel_page *kernel)
{
	json_t *array = json_array();

	for (size_t i = 0; i < kernel->boot_count; i++) {
		const struct kernel_page_boot *b = &kernel->boots[i];
		auto_free char *address = address_boot(b->id, "html");

		json_array_append_new(array,
			json_pack("{s:I, s:o, s:o, s:o, s:s}", "id", (json_int_t)b->id, "host",
				json_text(b->host), "started", json_time(b->started_unix_ms),
				"failure", json_failure(b->failure, b->symptom, NULL), "page",
				address));
	}
	return array;
}

static json_t *comparisons_json(const struct kernel_page *kernel)
{
	json_t *array = json_array();

	for (size_t i = 0; i < kernel->comparison_count; i++) {
		const struct kernel_page_comparison *c = &kernel->comparisons[i];
		auto_free char *address =
			address_comparison(c->host, c->base_oid, c->fresh_oid, "html");

		json_array_append_new(array,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "host",
				json_text(c->host), "base", json_text(c->base_oid), "new",
				json_text(c->fresh_oid), "kind", json_text(c->kind), "state",
				json_text(c->state), "updated", json_time(c->updated_unix_ms),
				"page", address));
	}
	return array;
}

static json_t *kernel_json(const struct kernel_page *kernel)
{
	return json_pack(
		"{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:I, s:o}",
		"format", "kvmperf.kernel", "version", 1, "commit", json_text(kernel->oid),
		"parent", json_text(kernel->parent), "subject", json_text(kernel->subject),
		"author", json_text(kernel->author), "branch", json_text(kernel->branch),
		"committed", json_time(kernel->commit_unix_ms), "builds", builds_json(kernel),
		"boots_in_all", (json_int_t)kernel->boots_in_all, "boots_failed",
		(json_int_t)kernel->boots_failed, "boots", boots_json(kernel),
		"comparisons_in_all", (json_int_t)kernel->comparisons_in_all, "comparisons",
		comparisons_json(kernel));
}

/* Before the page, which links to them. */
static int save_configs(
	const char *site_folder, const struct kernel_page *kernel, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < kernel->build_count && r == 0; i++) {
		const struct kernel_page_build *build = &kernel->builds[i];
		auto_free char *address = address_config(build->config_hash);

		if (build->config)
			r = document_save_bytes(site_folder, address, build->config,
				strlen(build->config), err);
	}
	return r;
}

int page_kernel_write(
	const char *site_folder, const struct kernel_page *kernel, struct err *err)
{
	auto_free char *address = address_kernel(kernel->oid, "html");
	auto_free char *data = address_kernel(kernel->oid, "json");
	const struct kernel_page_build *build = kernel->build_count ? kernel->builds : NULL;
	bool failed = build && build->failure != FAILURE_NONE;
	auto_free char *title = mem_printf("Kernel %.12s%s%s: kvmperf", kernel->oid,
		failed ? " " : "", failed ? symptom_phrase(build->symptom) : "");
	const char *names[] = {kernel->branch, "kernel"};
	struct document page;
	int r = save_configs(site_folder, kernel, err);

	if (r == 0)
		r = document_save_json(site_folder, data, kernel_json(kernel), err);
	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	put_verdict(page.out, kernel);
	put_commit(page.out, kernel);
	document_data(&page, data, NULL);
	fputs("<h2 id=\"builds\">Builds</h2>\n", page.out);
	for (size_t i = 0; i < kernel->build_count; i++)
		put_build(&page, &kernel->builds[i]);
	put_comparisons(&page, kernel);
	put_boots(&page, kernel);
	return document_save(&page, site_folder, build ? build->built_unix_ms : 0, err);
}
