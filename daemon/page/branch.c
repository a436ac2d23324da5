/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page/branch.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"
#include "model/site_map.h"
#include "text/address.h"
#include "text/html.h"
#include "text/json.h"
#include "view/document.h"
#include "view/lines.h"
#include "view/listing.h"

enum { BRANCH_LINES_MAX = 300 };

static int branch_write(
	const char *site_folder, const struct front_page *front, size_t first, struct err *err)
{
	static const char *const names[] = {
		"", "verdict", "branch", "host", "base → new", "kind", "updated"};
	const char *branch = front->lines[first].comparison->branch;
	const char *way[] = {branch};
	auto_free char *address = address_branch(branch, "html");
	auto_free char *data = address_branch(branch, "json");
	auto_free char *title = mem_printf("%.100s: kvmperf", branch);
	json_t *comparisons = json_array();
	struct document page;
	size_t shown = 0;
	int r, saved;

	document_open(&page, address, title);
	document_begin(&page, way, 1);
	fputs("<h1>Branch ", page.out);
	html_text_cut(page.out, branch, 100);
	fputs("</h1>\n", page.out);
	document_data(&page, data, NULL);
	lines_begin(page.out, "lines sortable", names, ARRAY_SIZE(names));
	for (size_t i = first; i < front->line_count && shown < BRANCH_LINES_MAX; i++) {
		const char *other = front->lines[i].comparison->branch;

		if (!other || strcmp(other, branch) != 0)
			continue;
		line_row(page.out, page.up, &front->lines[i]);
		json_array_append_new(comparisons, listing_comparison(&front->lines[i]));
		shown++;
	}
	lines_end(page.out);
	if (shown == BRANCH_LINES_MAX)
		fprintf(page.out,
			"<p>The newest %zu are shown; <a href=\"%sindex.json\">index.json</a> "
			"lists all, or names the files that do.</p>\n",
			shown, page.up);
	r = document_save_json(site_folder, data,
		json_pack("{s:s, s:i, s:o, s:o}", "format", "kvmperf.branch", "version", 1,
			"branch", json_text(branch), "comparisons", comparisons),
		err);
	saved = document_save(&page, site_folder,
		front->lines[first].comparison->updated_unix_ms, r < 0 ? NULL : err);
	return r < 0 ? r : saved;
}

int page_branches_write(
	const char *site_folder, const struct front_page *front, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < front->line_count && r == 0; i++) {
		const char *branch = front->lines[i].comparison->branch;
		size_t first = 0;

		while (branch && first < i &&
			(!front->lines[first].comparison->branch ||
				strcmp(front->lines[first].comparison->branch, branch) != 0))
			first++;
		if (branch && first == i)
			r = branch_write(site_folder, front, i, err);
	}
	return r;
}
