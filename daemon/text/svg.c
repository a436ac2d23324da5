/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/svg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "string/str.h"

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
	if (!end || memchr(quote, '<', (size_t)(end - quote)))
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
static void add_value(struct str *to, struct span value)
{
	bool blank = false;

	while (value.length && strchr(" \t\r\n", value.at[value.length - 1]))
		value.length--;
	for (size_t i = 0; i < value.length; i++) {
		bool is_blank = strchr(" \t\r\n", value.at[i]);

		if (!is_blank && blank)
			str_add_char(to, ' ');
		if (!is_blank)
			str_add_char(to, value.at[i]);
		blank = is_blank;
	}
}

/* What is the same everywhere stands once, on the group around all. */
static bool is_default(struct span name, struct span value)
{
	static const char *const dropped[] = {"id", "class", "font-family", "stroke-linecap",
		"stroke-linejoin", "xml:space", "preserveAspectRatio", "shape-rendering"};

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (span_is(name, dropped[i]))
			return true;
	if (span_is(name, "color"))
		return span_is(value, "black") || span_is(value, "white");
	if (span_is(name, "fill"))
		return span_is(value, "none");
	if (span_is(name, "stroke"))
		return span_is(value, "currentColor");
	return span_is(name, "stroke-width") && span_is(value, "1.00");
}

/* A tag's attributes on their way to the page. */
struct tag {
	struct span name;
	struct str attributes;
	struct str classes;
};

/* What becomes of an attribute: a class, nothing, or itself. */
static void add_attribute(struct tag *tag, struct span name, struct span value)
{
	int key = key_colour(value);

	if (key) {
		str_addf(&tag->classes, "%s%c%d", tag->classes.length ? " " : "", name.at[0],
			key);
		return;
	}
	if (is_default(name, value))
		return;
	if ((span_is(name, "fill") || span_is(name, "stroke")) &&
		(span_is(value, "black") || span_is(value, "rgb(  0,   0,   0)"))) {
		str_addf(&tag->attributes, " %.*s=\"currentColor\"", (int)name.length, name.at);
		return;
	}
	if (span_is(name, "xlink:href"))
		str_add(&tag->attributes, " href=\"");
	else
		str_addf(&tag->attributes, " %.*s=\"", (int)name.length, name.at);
	add_value(&tag->attributes, value);
	str_add_char(&tag->attributes, '"');
}

/*
 * Writes the tag at *p, "<name ...>" or "<name .../>", and steps over it. A
 * group that says nothing is left out; *ret_shown tells.
 */
static bool put_tag(FILE *out, const char **p, bool *ret_alone, bool *ret_shown)
{
	auto_str struct str attributes = STR_INIT;
	auto_str struct str classes = STR_INIT;
	const char *at = *p + 1;
	struct tag tag = {{at, strcspn(at, " \t\r\n/>")}, STR_INIT, STR_INIT};
	struct span name, value;

	at += tag.name.length;
	while (take_attribute(&at, &name, &value))
		add_attribute(&tag, name, value);
	attributes = tag.attributes;
	classes = tag.classes;
	at = skip_blanks(at);
	*ret_alone = *at == '/';
	at += *ret_alone;
	if (*at != '>')
		return false;
	*p = at + 1;
	*ret_shown = !span_is(tag.name, "g") || attributes.length || classes.length;
	if (!*ret_shown)
		return true;
	fprintf(out, "<%.*s%s", (int)tag.name.length, tag.name.at, str_text(&attributes));
	if (classes.length)
		fprintf(out, " class=\"%s\"", str_text(&classes));
	fputs(*ret_alone ? "/>" : ">", out);
	return true;
}

/* Where the end of the tag at p is, one behind '>'; NULL without one. */
static const char *tag_end(const char *p)
{
	const char *end = strchr(p, '>');

	return end ? end + 1 : NULL;
}

static bool is_group(const char *p)
{
	return strncmp(p, "<g", 2) == 0 && strchr(" \t\r\n/>", p[2]);
}

/* Steps over what shows nothing: <title>, a path without a line, a group without content. */
static bool skip_empty(const char **p)
{
	const char *end = tag_end(*p);

	if (!end)
		return false;
	if (strncmp(*p, "<title>", 7) == 0) {
		end = strstr(*p, "</title>");
		if (end)
			*p = end + 8;
		return end;
	}
	if (strncmp(*p, "<path", 5) == 0 && !memchr(*p, 'L', (size_t)(end - *p)) &&
		!memchr(*p, 'l', (size_t)(end - *p))) {
		*p = end;
		return true;
	}
	if (!is_group(*p) || end[-2] == '/' || strncmp(skip_blanks(end), "</g>", 4) != 0)
		return false;
	*p = skip_blanks(end) + 4;
	return true;
}

/* Which of the open groups are written, so that their ends are, too. */
struct groups {
	bool shown[32];
	size_t depth;
};

static int put_end(FILE *out, const char **p, struct groups *groups)
{
	size_t name = strspn(*p + 2, "abcdefghijklmnopqrstuvwxyz");
	const char *after = name && (*p)[2 + name] == '>' ? *p + name + 3 : NULL;
	bool group = strncmp(*p, "</g>", 4) == 0;

	if (!after || (group && groups->depth == 0))
		return -EPROTO;
	if (!group || groups->shown[--groups->depth])
		fwrite(*p, 1, (size_t)(after - *p), out);
	*p = after;
	return 0;
}

static int put_begin(FILE *out, const char **p, struct groups *groups)
{
	bool group = is_group(*p), alone, shown;

	if (!put_tag(out, p, &alone, &shown))
		return -EPROTO;
	if (!group || alone)
		return 0;
	if (groups->depth == sizeof(groups->shown) / sizeof(groups->shown[0]))
		return -EPROTO;
	groups->shown[groups->depth++] = shown;
	return 0;
}

/* Writes everything from p up to end. */
static int put_markup(FILE *out, const char *p, const char *end)
{
	struct groups groups = {{false}, 0};
	int r = 0;

	while (p < end && r == 0) {
		const char *text = p;

		p = skip_blanks(p);
		if (p >= end || (*p == '<' && skip_empty(&p)))
			continue;
		if (p[0] == '<' && p[1] == '/') {
			r = put_end(out, &p, &groups);
		} else if (*p == '<') {
			r = put_begin(out, &p, &groups);
		} else {
			p += strcspn(p, "<");
			fwrite(text, 1, (size_t)((p < end ? p : end) - text), out);
		}
	}
	return r == 0 && groups.depth ? -EPROTO : r;
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
	if (r == 0) {
		fputs("<g fill=\"none\" stroke=\"currentColor\">", out);
		fwrite(bytes, 1, size, out);
		fputs("</g>", out);
	}
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
