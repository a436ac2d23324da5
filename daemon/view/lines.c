/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/lines.h"

#include <string.h>

#include "base/mem.h"
#include "model/comparison.h"
#include "model/site_map.h"
#include "rules/display.h"
#include "text/address.h"
#include "text/html.h"

const char *line_class(const struct brief *brief)
{
	if (brief->failed)
		return "lost";
	if (!brief->judged)
		return "";
	return brief->headline == VERDICT_REGRESSED  ? "worse"
	       : brief->headline == VERDICT_IMPROVED ? "better"
	       : brief->headline == VERDICT_FAILED   ? "lost"
						     : "";
}

char line_glyph(const struct brief *brief)
{
	if (brief->failed)
		return verdict_glyph(VERDICT_FAILED);
	return brief->judged ? verdict_glyph((enum verdict)brief->headline) : ' ';
}

void line_verdict(FILE *out, const char *up, const struct front_line *line)
{
	const struct site_comparison *c = line->comparison;
	const char *sentence = line->brief.sentence;
	auto_free char *address =
		address_comparison(c->host, c->base_oid, c->fresh_oid, "html");

	fprintf(out, "<a href=\"%s%s\">", up, address);
	html_text_cut(out, sentence && *sentence ? sentence : "No verdict yet", 200);
	fputs("</a>", out);
	if (c->emulated)
		fputs("<small>" DISPLAY_EMULATED "</small>", out);
}

void line_row(FILE *out, const char *up, const struct front_line *line)
{
	const struct site_comparison *c = line->comparison;
	fprintf(out, "<tr class=\"%s\"><td class=\"glyph\">%c</td><th scope=\"row\">",
		line_class(&line->brief), line_glyph(&line->brief));
	line_verdict(out, up, line);
	fputs("</th><td class=\"word\">", out);
	html_text_cut(out, c->branch ? c->branch : "—", 60);
	fputs("</td><td class=\"word\">", out);
	html_text_cut(out, c->host, 60);
	fputs("</td><td class=\"word\">", out);
	html_commit(out, c->base_oid);
	fputs(" → ", out);
	html_commit(out, c->fresh_oid);
	fputs("<small>", out);
	html_text_cut(out, c->subject, 90);
	fputs("</small></td><td class=\"word\">", out);
	html_text_cut(out, c->kind, 30);
	if (c->state && strcmp(c->state, "done") != 0) {
		fputs(", ", out);
		html_text_cut(out, c->state, 30);
	}
	fputs("</td><td>", out);
	html_time(out, c->updated_unix_ms);
	fputs("</td></tr>\n", out);
}

void lines_begin(FILE *out, const char *kind, const char *const *names, size_t count)
{
	fprintf(out, "<div class=\"wide\">\n<table class=\"%s\">\n<thead><tr>", kind);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "<th scope=\"col\"%s>%s</th>", *names[i] ? "" : " class=\"glyph\"",
			names[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
}

void lines_end(FILE *out)
{
	fputs("</tbody>\n</table>\n</div>\n", out);
}
