/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/kernel.h"

#include <string.h>

#include "base/mem.h"
#include "text/address.h"
#include "text/html.h"
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

static void put_log(FILE *out, const char *log)
{
	size_t length = strlen(log);

	fputs("<h2 id=\"log\">End of the build log</h2>\n<pre>", out);
	if (length > LOG_SHOWN_BYTES) {
		fputs("…\n", out);
		log += length - LOG_SHOWN_BYTES;
		length = LOG_SHOWN_BYTES;
	}
	html_bytes(out, log, length, length);
	fputs("</pre>\n", out);
}

int page_kernel_write(const char *site_folder, const struct comparison_side *kernel,
	const char *branch, const char *log_tail, int64_t updated_unix_ms, struct err *err)
{
	auto_free char *address = address_kernel(kernel->oid, "html");
	bool failed = kernel->failure != FAILURE_NONE;
	auto_free char *title = mem_printf("Kernel %.12s%s%s: kvmperf", kernel->oid,
		failed ? " " : "", failed ? symptom_phrase(kernel->symptom) : "");
	const char *names[] = {branch, "kernel"};
	struct document page;
	int r = document_save_shared(site_folder, err);

	if (r < 0)
		return r;
	document_open(&page, address, title);
	document_begin(&page, names, ARRAY_SIZE(names));
	fprintf(page.out, "<section class=\"verdict %s\">\n<h1>", failed ? "lost" : "none");
	fputs("Kernel ", page.out);
	document_commit(page.out, kernel->oid);
	fprintf(page.out, " %s</h1>\n<p>",
		failed ? symptom_phrase(kernel->symptom) : "is built");
	html_text_cut(page.out, kernel->reason ? kernel->reason : kernel->subject, 1000);
	fputs("</p>\n</section>\n<div class=\"wide\">\n<table class=\"facts\"><tbody>\n",
		page.out);
	put_fact(page.out, "commit", kernel->oid);
	put_fact(page.out, "subject", kernel->subject);
	put_fact(page.out, "author", kernel->author);
	put_fact(page.out, "release", kernel->release);
	put_fact(page.out, "build-id", kernel->build_id);
	put_fact(page.out, "image hash", kernel->image_hash);
	put_fact(page.out, "config hash", kernel->config_hash);
	put_fact(page.out, "toolchain", kernel->toolchain);
	fputs("</tbody></table>\n</div>\n", page.out);
	if (log_tail)
		put_log(page.out, log_tail);
	return document_save(&page, site_folder, updated_unix_ms, err);
}
