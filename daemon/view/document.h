/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_DOCUMENT_H
#define VIEW_DOCUMENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

/*
 * An HTML page on its way: what all pages have in common (head, way back,
 * foot), and how one is written into the site. Use:
 *
 *	struct document page;
 *	document_open(&page, address, title);
 *	... fprintf(page.out, ...), html_text(page.out, ...) ...
 *	r = document_save(&page, site_folder, err);
 */
struct document {
	FILE *out;     /* the page's bytes, in memory */
	char *address; /* "c/altra-03/a1b2c3d4e5f6..def456789abc.html" */
	char *up;      /* what leads from there to the top: "../../" */
	char *bytes;
	size_t size;
};

/* Begins a page; the title is hostile text. */
void document_open(struct document *page, const char *address, const char *title);

/* Its name in the way back at the top, after the front page; then <main> begins. */
void document_begin(struct document *page, const char *const *names, size_t count);

/* href="..." of another page of the site, by its address; "#..." may follow as anchor. */
void document_href(struct document *page, const char *address, const char *anchor);

/* Links to a page's data: JSON, and CSV unless NULL, by their addresses. */
void document_data(struct document *page, const char *json, const char *csv);

/* Says that the plots are missing, and why. */
void document_notice(struct document *page, const char *why);

/*
 * Ends the page and writes it, its folder included; an unchanged one is left
 * as it is. updated_unix_ms is the time of its data; 0: none is shown. Frees
 * the document in any case.
 */
int document_save(struct document *page, const char *site_folder, int64_t updated_unix_ms,
	struct err *err);

/*
 * Writes any file of the site: address, bytes. The same rules. What is not
 * written to its end is in a folder of the site of its own, which whoever
 * holds the site may empty.
 */
#define DOCUMENT_UNFINISHED ".new"
int document_save_bytes(const char *site_folder, const char *address, const void *bytes,
	size_t size, struct err *err);

/* Removes a file of the site; one that is not there is fine. */
int document_remove(const char *site_folder, const char *address, struct err *err);

/*
 * Writes a page's data beside it, as <address>, and frees root. NULL (what
 * json_pack() gives for a mistake of ours) is an error.
 */
int document_save_json(
	const char *site_folder, const char *address, json_t *root, struct err *err);

/* The style sheet and whatever else all pages share. */
int document_save_shared(const char *site_folder, struct err *err);

#endif
