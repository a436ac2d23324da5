/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Does it change how its neighbours are shown, or show nothing itself? */
static bool is_deceptive(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00AD, 0x00AD},
		{0x034F, 0x034F},
		{0x061C, 0x061C},
		{0x115F, 0x1160},
		{0x17B4, 0x17B5},
		{0x180B, 0x180F},
		{0x200B, 0x200F},
		{0x2028, 0x202E},
		{0x2060, 0x206F},
		{0x3164, 0x3164},
		{0xFE00, 0xFE0F},
		{0xFEFF, 0xFEFF},
		{0xFFF0, 0xFFFB},
		{0xE0000, 0xE0FFF},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static void put_character(FILE *out, uint32_t c)
{
	char bytes[4];

	fwrite(bytes, 1, utf8_put(c, bytes), out);
}

static void put_visible(FILE *out, uint32_t c)
{
	if (c < 0x20 && c != '\n' && c != '\t')
		put_character(out, 0x2400 + c);
	else if (c == 0x7F)
		put_character(out, 0x2421);
	else if ((c >= 0x80 && c < 0xA0) || is_deceptive(c))
		fprintf(out, "[U+%04X]", c);
	else
		put_character(out, c);
}

static void put_escaped(FILE *out, uint32_t c)
{
	if (c == '&')
		fputs("&amp;", out);
	else if (c == '<')
		fputs("&lt;", out);
	else if (c == '>')
		fputs("&gt;", out);
	else if (c == '"')
		fputs("&quot;", out);
	else if (c == '\'')
		fputs("&#39;", out);
	else
		put_visible(out, c);
}

/* How many of the first bytes are characters that are written as they are. */
static size_t count_plain(const char *bytes, size_t count)
{
	size_t n = 0;

	while (n < count &&
		((bytes[n] >= ' ' && bytes[n] < 0x7F && bytes[n] != '&' && bytes[n] != '<' &&
			 bytes[n] != '>' && bytes[n] != '"' && bytes[n] != '\'') ||
			bytes[n] == '\n' || bytes[n] == '\t'))
		n++;
	return n;
}

void html_bytes(FILE *out, const char *bytes, size_t count, size_t max_characters)
{
	for (size_t shown = 0; count; shown++) {
		size_t left = max_characters - shown;
		size_t plain = count_plain(bytes, count < left ? count : left);

		fwrite(bytes, 1, plain, out);
		bytes += plain;
		count -= plain;
		shown += plain;
		if (!count)
			return;
		if (shown == max_characters) {
			fputs("…", out);
			return;
		}
		if (bytes[0] == '\r' && count > 1 && bytes[1] == '\n') {
			bytes++;
			count--;
		}
		put_escaped(out, utf8_take(&bytes, &count));
	}
}

void html_text_cut(FILE *out, const char *text, size_t max_characters)
{
	if (text)
		html_bytes(out, text, strlen(text), max_characters);
}

void html_text(FILE *out, const char *text)
{
	html_text_cut(out, text, SIZE_MAX);
}

void html_attr(FILE *out, const char *text)
{
	html_text_cut(out, text, SIZE_MAX);
}

/* Is there a scheme, and is it one that cannot run anything? */
static bool url_is_harmless(const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "mailto:"};
	size_t before_path = strcspn(url, "/?#");

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return true;
	/* browsers take a backslash for a slash, and drop tabs, newlines and leading blanks */
	if (url[strcspn(url, "\\\t\r\n")] || (unsigned char)url[0] <= ' ')
		return false;
	return !memchr(url, ':', before_path) && !(url[0] == '/' && url[1] == '/');
}

void html_url(FILE *out, const char *url)
{
	static const char kept[] = "-._~:/?#[]@!$()*+,;=%";

	if (!url || !url_is_harmless(url)) {
		putc('#', out);
		return;
	}
	for (const unsigned char *p = (const unsigned char *)url; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || strchr(kept, *p);

		if (*p == '&')
			fputs("&amp;", out);
		else if (plain)
			putc(*p, out);
		else
			fprintf(out, "%%%02X", *p);
	}
}

void html_anchor(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || *p == '-' || *p == '.';

		if (plain)
			putc(*p, out);
		else if (*p == ' ' || *p == '/')
			putc(*p == ' ' ? '.' : '-', out);
		else
			fprintf(out, "_%02X", *p);
	}
}

void terminal_text(FILE *out, const char *text, size_t max_characters)
{
	size_t left = text ? strlen(text) : 0;

	for (size_t shown = 0; left; shown++) {
		uint32_t c = utf8_take(&text, &left);

		if (shown == max_characters) {
			fputs("...", out);
			return;
		}
		put_visible(out, c == '\n' || c == '\t' ? ' ' : c);
	}
}

void html_time(FILE *out, int64_t unix_ms)
{
	char stamp[CLOCK_STAMP_BYTES];

	if (!unix_ms) {
		fputs("—", out);
		return;
	}
	clock_stamp(unix_ms, stamp);
	if (strlen(stamp) < 16)
		fputs(stamp, out);
	else
		fprintf(out, "<time datetime=\"%s\">%.10s %.5sZ</time>", stamp, stamp,
			stamp + 11);
}

void html_commit(FILE *out, const char *oid)
{
	const char *shown = oid && *oid ? oid : "unknown";

	fputs("<code>", out);
	html_bytes(out, shown, strnlen(shown, 12), 12);
	fputs("</code>", out);
}
