/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/document.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "sys/fs.h"
#include "text/address.h"
#include "text/html.h"

/* A page fetches from its own site only, and runs nothing but the site's own script. */
static const char policy[] =
	"default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
	"base-uri 'none'; form-action 'none'";

void document_open(struct document *page, const char *address, const char *title)
{
	*page = (struct document){.address = mem_strdup(address), .up = address_up(address)};
	page->out = open_memstream(&page->bytes, &page->size);
	if (!page->out)
		abort();				/* only when memory has run out */
	__fsetlocking(page->out, FSETLOCKING_BYCALLER); /* a page has one thread */
	fprintf(page->out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
		policy);
	html_text_cut(page->out, title, 160);
	fprintf(page->out,
		"</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
		"<link rel=\"alternate\" type=\"application/atom+xml\" title=\"events\" "
		"href=\"%sevents.atom\">\n<script src=\"%ssite.js\" defer></script>\n"
		"</head>\n<body>\n",
		page->up, page->up, page->up);
}

void document_begin(struct document *page, const char *const *names, size_t count)
{
	fprintf(page->out,
		"<header><nav aria-label=\"way back\"><a href=\"%sindex.html\">"
		"kvmperf</a>",
		page->up);
	for (size_t i = 0; i < count; i++) {
		if (!names[i] || !*names[i])
			continue;
		fputs(" <span>/</span> ", page->out);
		html_text_cut(page->out, names[i], 80);
	}
	fputs("</nav></header>\n<main>\n", page->out);
}

void document_href(struct document *page, const char *address, const char *anchor)
{
	fprintf(page->out, "href=\"%s", page->up);
	html_url(page->out, address);
	if (anchor) {
		putc('#', page->out);
		html_anchor(page->out, anchor);
	}
	putc('"', page->out);
}

void document_data(struct document *page, const char *json, const char *csv)
{
	fputs("<p class=\"links\">Data of this page: <a ", page->out);
	document_href(page, json, NULL);
	fputs(">JSON</a>", page->out);
	if (csv) {
		fputs(" <a ", page->out);
		document_href(page, csv, NULL);
		fputs(">CSV</a>", page->out);
	}
	fputs("</p>\n", page->out);
}

void document_notice(struct document *page, const char *why)
{
	fputs("<p class=\"notice\">The plots are missing: ", page->out);
	html_text_cut(page->out, why, 400);
	fputs("</p>\n", page->out);
}

static void finish(struct document *page, int64_t updated_unix_ms)
{
	fputs("</main>\n<footer>kvmperf: performance regression service for KVM/arm64",
		page->out);
	if (updated_unix_ms) {
		fputs("; data of ", page->out);
		html_time(page->out, updated_unix_ms);
	}
	fputs("</footer>\n</body>\n</html>\n", page->out);
}

int document_save_bytes(const char *site_folder, const char *address, const void *bytes,
	size_t size, struct err *err)
{
	auto_free char *path = mem_printf("%s/%s", site_folder, address);
	auto_free char *folder = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	auto_free char *unfinished = mem_printf("%s/" DOCUMENT_UNFINISHED, site_folder);
	auto_free char *at = mem_printf("%s/page", unfinished);
	int r = fs_write_lazy(path, at, bytes, size, NULL);

	if (r == 0)
		return 0;
	/* only the first page of a folder finds none */
	r = fs_make_folder(folder, err);
	if (r == 0)
		r = fs_make_folder(unfinished, err);
	return r < 0 ? r : fs_write_lazy(path, at, bytes, size, err);
}

int document_remove(const char *site_folder, const char *address, struct err *err)
{
	auto_free char *path = mem_printf("%s/%s", site_folder, address);

	if (unlink(path) < 0 && errno != ENOENT)
		return err_set(err, -errno, "cannot remove %s: %s", path, strerror(errno));
	return 0;
}

int document_save_json(
	const char *site_folder, const char *address, json_t *root, struct err *err)
{
	auto_free char *bytes =
		root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;

	json_decref(root);
	if (!bytes)
		return err_set(err, -EINVAL, "%s cannot be written as JSON", address);
	return document_save_bytes(site_folder, address, bytes, strlen(bytes), err);
}

int document_save(struct document *page, const char *site_folder, int64_t updated_unix_ms,
	struct err *err)
{
	int r;

	finish(page, updated_unix_ms);
	fclose(page->out);
	r = document_save_bytes(site_folder, page->address, page->bytes, page->size, err);
	free(page->address);
	free(page->up);
	free(page->bytes);
	memset(page, 0, sizeof(*page));
	return r;
}

int document_save_shared(const char *site_folder, struct err *err)
{
	static const char *const names[][2] = {
		{"web/style.css", "style.css"}, {"web/site.js", "site.js"}};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++) {
		const struct builtin *file = builtin_find(names[i][0]);

		r = file ? document_save_bytes(
				   site_folder, names[i][1], file->data, file->size_bytes, err)
			 : err_set(err, -ENOENT, "%s is not part of this program", names[i][0]);
	}
	return r;
}
