/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/mem.h"
#include "rules/display.h"
#include "text/html.h"
#include "text/svg.h"

enum { NOTE_HEIGHT = 16 };

/* The shapes of svg_symbols, without the hidden drawing around them. */
static void put_symbols(FILE *out)
{
	const char *from = strstr(svg_symbols, "<defs>"), *end = strstr(from, "</svg>");

	fwrite(from, 1, (size_t)(end - from), out);
	putc('\n', out);
}

void picture_make(const char *document, const char *title, bool emulated, struct picture *ret)
{
	struct picture p = {NULL};
	auto_free char *body = NULL;
	size_t body_size = 0;
	FILE *out = open_memstream(&body, &body_size);
	int r = svg_body(out, document);

	fclose(out);
	*ret = p;
	if (r < 0 || svg_size(document, &p.width, &p.height) < 0)
		return;
	p.height += emulated ? NOTE_HEIGHT : 0;
	out = open_memstream(&p.bytes, &p.size);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" width=\"%g\" "
		"height=\"%g\">\n<title>",
		p.width, p.height, p.width, p.height);
	html_text_cut(out, title, 300);
	fprintf(out, "</title>\n<style>\n%s</style>\n", builtin_text("web/plot.css"));
	put_symbols(out);
	fwrite(body, 1, body_size, out);
	if (emulated)
		fprintf(out, "\n<text class=\"f9\" x=\"4\" y=\"%g\" font-size=\"11\">%s</text>",
			p.height - 5, DISPLAY_EMULATED);
	fputs("\n</svg>\n", out);
	fclose(out);
	*ret = p;
}
