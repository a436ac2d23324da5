/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/subject.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/scan.h"
#include "string/str.h"

/* A subject is one line; beyond this nobody wrote it for people. */
enum { TITLE_MAX_BYTES = 1000, NUMBER_MAX = 99999 };

void subject_clear(struct subject *subject)
{
	free(subject->title);
	*subject = (struct subject){0};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && is_blank(*scan->at))
		scan->at++;
}

/* Takes letters whatever their case. */
static bool take_word(struct scan *scan, const char *word)
{
	size_t n = strlen(word);

	if (scan_left(scan) < n || strncasecmp(scan->at, word, n) != 0)
		return false;
	scan->at += n;
	return true;
}

static bool take_reply(struct scan *scan)
{
	static const char *const marks[] = {"re:", "fwd:", "fw:", "aw:", "sv:", "antw:"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (take_word(scan, marks[i]))
			return true;
	return false;
}

static bool take_int(struct scan *scan, int *ret)
{
	struct scan rest = *scan;
	uint64_t number;

	if (!scan_number(&rest, &number) || number > NUMBER_MAX)
		return false;
	*ret = (int)number;
	*scan = rest;
	return true;
}

/* "v3", "V3" alone */
static bool is_version(struct scan word, int *ret)
{
	int version;

	if (!take_word(&word, "v") || !take_int(&word, &version) || scan_left(&word))
		return false;
	*ret = version ? version : 1;
	return true;
}

/* "3/12"; a number beyond the total is none. */
static bool is_place(struct scan word, struct subject *subject)
{
	int number, total;

	if (!take_int(&word, &number) || !scan_text(&word, "/") || !take_int(&word, &total) ||
		scan_left(&word) || number > total || total == 0)
		return false;
	subject->number = number;
	subject->total = total;
	return true;
}

/* What the words between brackets made of it; a mail may have several brackets. */
struct tags {
	bool patch, pull, place;
};

static void read_tag(struct scan word, struct subject *subject, struct tags *tags)
{
	struct scan rest = word;
	int version;

	if (is_version(word, &version)) {
		subject->version = version;
	} else if (is_place(word, subject)) {
		tags->place = true;
	} else if (take_word(&rest, "rfc")) { /* also RFCv2, RFC-v2 */
		subject->rfc = true;
	} else if (take_word(&rest, "resend")) {
		subject->resend = true;
	} else if (take_word(&rest, "pull")) {
		tags->pull = true;
	} else if (take_word(&rest, "patch")) { /* also PATCHv2, PATCH-v2 */
		tags->patch = true;
	}
	if (rest.at == word.at || !scan_left(&rest))
		return;
	rest.at += *rest.at == '-' || *rest.at == '_';
	if (is_version(rest, &version))
		subject->version = version;
}

static void read_bracket(struct scan inside, struct subject *subject, struct tags *tags)
{
	const char *at = inside.at;

	while (at < inside.end) {
		const char *word = at;

		while (at < inside.end && !is_blank(*at) && *at != ',')
			at++;
		if (at > word)
			read_tag((struct scan){word, at}, subject, tags);
		at += at < inside.end;
	}
}

/* Text with each run of blanks as one, and no control characters. */
static char *fold(struct scan text)
{
	auto_str struct str line = STR_INIT;

	for (; text.at < text.end && line.length < TITLE_MAX_BYTES; text.at++) {
		bool blank =
			is_blank(*text.at) || (unsigned char)*text.at < ' ' || *text.at == 0x7f;

		if (!blank)
			str_add_char(&line, *text.at);
		else if (line.length && line.text[line.length - 1] != ' ')
			str_add_char(&line, ' ');
	}
	return mem_strdup(text_trim(line.text ? line.text : (char[]){""}));
}

void subject_parse(const char *text, struct subject *ret)
{
	struct subject subject = {.version = 1};
	struct scan scan = scan_of(text, strlen(text));
	struct tags tags = {0};

	for (;;) {
		const char *close;

		skip_blanks(&scan);
		if (take_reply(&scan)) {
			subject.reply = true;
			continue;
		}
		if (!scan_starts(&scan, "["))
			break;
		close = memchr(scan.at, ']', scan_left(&scan));
		if (!close)
			break;
		read_bracket((struct scan){scan.at + 1, close}, &subject, &tags);
		scan.at = close + 1;
	}
	subject.title = fold(scan);
	subject.patch = !subject.reply && !tags.pull && subject.title[0] &&
			(tags.patch || (subject.rfc && tags.place));
	if (!subject.total)
		subject.number = 1;
	*ret = subject;
}
