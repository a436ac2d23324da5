/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As in gnuplot's term/svg.trm, sizes in units of the point size. */
const char svg_symbols[] =
	"<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
	"<path id=\"gpPt0\" stroke-width=\".25\" stroke=\"currentColor\" d=\"M-1,0h2M0,-1v2\"/>"
	"<path id=\"gpPt1\" stroke-width=\".35\" stroke=\"currentColor\" "
	"d=\"M-1,-1L1,1M1,-1L-1,1\"/>"
	"<rect id=\"gpPt3\" stroke-width=\".25\" stroke=\"currentColor\" fill=\"none\" "
	"x=\"-1\" y=\"-1\" "
	"width=\"2\" height=\"2\"/>"
	"<rect id=\"gpPt4\" fill=\"currentColor\" stroke=\"none\" x=\"-1\" y=\"-1\" "
	"width=\"2\" "
	"height=\"2\"/>"
	"<circle id=\"gpPt5\" stroke-width=\".35\" stroke=\"currentColor\" fill=\"none\" "
	"r=\"1\"/>"
	"<circle id=\"gpPt6\" fill=\"currentColor\" stroke=\"none\" r=\"1\"/>"
	"<path id=\"gpPt12\" fill=\"currentColor\" stroke=\"none\" "
	"d=\"M0,-1.4L1.4,0L0,1.4L-1.4,0z\"/>"
	"</defs></svg>\n";

struct span {
	const char *at;
	size_t length;
};

static bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.at, text, span.length) == 0;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* The next attribute of a tag; false at its end or at something that is none. */
static bool take_attribute(const char **p, struct span *name, struct span *value)
{
	const char *at = skip_blanks(*p), *quote, *end;

	name->at = at;
	name->length = strcspn(at, " \t\r\n=/><'\"");
	at = skip_blanks(at + name->length);
	if (!name->length || *at != '=')
		return false;
	quote = skip_blanks(at + 1);
	if (*quote != '\'' && *quote != '"')
		return false;
	end = strchr(quote + 1, *quote);
	if (!end)
		return false;
	value->at = quote + 1;
	value->length = (size_t)(end - quote - 1);
	*p = end + 1;
	return true;
}

/* The number of a key colour, "rgb(  0,   0,   3)"; 0 for any other value. */
static int key_colour(struct span value)
{
	char text[32];
	int red, green, blue;

	if (value.length >= sizeof(text))
		return 0;
	memcpy(text, value.at, value.length);
	text[value.length] = '\0';
	if (sscanf(text, "rgb(%d ,%d ,%d", &red, &green, &blue) != 3)
		return 0;
	return red == 0 && green == 0 && blue > 0 && blue < 16 ? blue : 0;
}

/* Blank runs of path data are gnuplot's layout, one blank does. */
static void put_value(FILE *out, struct span value)
{
	bool blank = false;

	while (value.length && strchr(" \t\r\n", value.at[value.length - 1]))
		value.length--;
	for (size_t i = 0; i < value.length; i++) {
		bool is_blank = strchr(" \t\r\n", value.at[i]);

		if (!is_blank && blank)
			putc(' ', out);
		if (!is_blank)
			putc(value.at[i], out);
		blank = is_blank;
	}
}

/* What becomes of an attribute: a class, nothing, or itself. */
static void put_attribute(FILE *out, struct span name, struct span value, char *classes)
{
	static const char *const dropped[] = {"id", "font-family", "stroke-linecap",
		"stroke-linejoin", "xml:space", "preserveAspectRatio"};
	int key = key_colour(value);
	size_t used = strlen(classes);

	if (key && used + 5 < 32) {
		snprintf(classes + used, 32 - used, "%s%c%d", used ? " " : "", name.at[0], key);
		return;
	}
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (span_is(name, dropped[i]))
			return;
	if (span_is(name, "color") && (span_is(value, "black") || span_is(value, "white")))
		return;
	if ((span_is(name, "fill") || span_is(name, "stroke")) &&
		(span_is(value, "black") || span_is(value, "rgb(  0,   0,   0)"))) {
		fprintf(out, " %.*s=\"currentColor\"", (int)name.length, name.at);
		return;
	}
	if (span_is(name, "xlink:href"))
		fputs(" href=\"", out);
	else
		fprintf(out, " %.*s=\"", (int)name.length, name.at);
	put_value(out, value);
	putc('"', out);
}

/* Writes the tag at *p, "<name ...>" or "<name .../>", and steps over it. */
static bool put_tag(FILE *out, const char **p)
{
	const char *at = *p + 1;
	struct span name = {at, strcspn(at, " \t\r\n/>")}, value;
	char classes[32] = "";

	fprintf(out, "<%.*s", (int)name.length, name.at);
	at += name.length;
	while (take_attribute(&at, &name, &value))
		put_attribute(out, name, value, classes);
	if (*classes)
		fprintf(out, " class=\"%s\"", classes);
	at = skip_blanks(at);
	if (*at == '/')
		putc(*at++, out);
	if (*at != '>')
		return false;
	putc('>', out);
	*p = at + 1;
	return true;
}

/* Where the end of the tag at p is, one behind '>'; NULL without one. */
static const char *tag_end(const char *p)
{
	const char *end = strchr(p, '>');

	return end ? end + 1 : NULL;
}

/* Steps over a group without content, and over <title>; false when there is none here. */
static bool skip_empty(const char **p)
{
	const char *end;

	if (strncmp(*p, "<title>", 7) == 0) {
		end = strstr(*p, "</title>");
		if (end)
			*p = end + 8;
		return end;
	}
	if (strncmp(*p, "<g", 2) != 0 || !(end = tag_end(*p)))
		return false;
	end = skip_blanks(end);
	if (strncmp(end, "</g>", 4) != 0)
		return false;
	*p = end + 4;
	return true;
}

/* Writes everything from p up to end. */
static int put_markup(FILE *out, const char *p, const char *end)
{
	while (p < end) {
		const char *text = p;

		p = skip_blanks(p);
		if (p >= end)
			break;
		if (*p == '<' && skip_empty(&p))
			continue;
		if (p[0] == '<' && p[1] == '/') {
			const char *after = tag_end(p);

			if (!after)
				return -EPROTO;
			fwrite(p, 1, (size_t)(after - p), out);
			p = after;
		} else if (*p == '<') {
			if (!put_tag(out, &p))
				return -EPROTO;
		} else {
			p += strcspn(p, "<");
			fwrite(text, 1, (size_t)((p < end ? p : end) - text), out);
		}
	}
	return 0;
}

int svg_size(const char *document, double *ret_width, double *ret_height)
{
	const char *box = strstr(document, "viewBox=\"");
	double width, height;

	if (!box || sscanf(box, "viewBox=\"0 0 %lf %lf\"", &width, &height) != 2 ||
		!strstr(document, "</svg>"))
		return -EPROTO;
	*ret_width = width;
	*ret_height = height;
	return 0;
}

/* Writes through memory, so that a document that turns out wrong leaves nothing behind. */
static int put_whole(FILE *out, const char *from, const char *end)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&bytes, &size);
	int r = put_markup(memory, from, end);

	fclose(memory);
	if (r == 0)
		fwrite(bytes, 1, size, out);
	free(bytes);
	return r;
}

int svg_body(FILE *out, const char *document)
{
	double width, height;
	const char *from = strstr(document, "</defs>"), *end = NULL;

	if (!from || svg_size(document, &width, &height) < 0)
		return -EPROTO;
	/* the group that opens before the definitions closes before </svg> */
	for (const char *p = from; (p = strstr(p, "</g>")); p++)
		end = p;
	return end ? put_whole(out, from + strlen("</defs>"), end) : -EPROTO;
}

int svg_element(FILE *out, const char *document, size_t element)
{
	char opening[32];
	const char *from, *end;
	size_t depth = 1;

	snprintf(opening, sizeof(opening), "_plot_%zu\" >", element);
	from = strstr(document, opening);
	if (!from)
		return -ENOENT;
	from += strlen(opening);
	for (end = from; depth > 0; end++) {
		end = strchr(end, '<');
		if (!end)
			return -ENOENT;
		if (strncmp(end, "<g", 2) == 0)
			depth++;
		else if (strncmp(end, "</g>", 4) == 0)
			depth--;
		if (depth == 0)
			break;
	}
	return put_whole(out, from, end);
}
