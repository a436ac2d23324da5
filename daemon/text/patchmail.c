/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/patchmail.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/scan.h"
#include "string/str.h"

enum {
	VALUE_MAX_BYTES = 1000,
	WORDS_MAX_BYTES = 64 << 10,
	PREREQUISITES_MAX = 500,
	PROSE_MAX = 8,
	PROSE_REACH = 120, /* characters behind "based on" */
};

void patchmail_clear(struct patchmail *mail)
{
	free(mail->from);
	free(mail->date);
	free(mail->subject);
	free(mail->words);
	*mail = (struct patchmail){0};
}

void basis_clear(struct basis *basis)
{
	free(basis->commit);
	free(basis->change);
	strv_clear(&basis->prerequisites);
	strv_clear(&basis->prose);
	*basis = (struct basis){0};
}

/* ---- the parts of a body ---- */

static bool is_empty(struct scan line)
{
	scan_blanks(&line);
	return scan_left(&line) == 0;
}

/* Where git ends the commit message. */
static bool breaks(struct scan line)
{
	if (scan_starts(&line, "diff -") || scan_starts(&line, "Index: "))
		return true;
	if (!scan_text(&line, "---"))
		return false;
	if (is_empty(line))
		return true;
	return scan_text(&line, " ") && !is_empty(line) && *line.at != ' ';
}

static char *value_of(struct scan line)
{
	size_t n = scan_left(&line) < VALUE_MAX_BYTES ? scan_left(&line) : VALUE_MAX_BYTES;
	auto_free char *copy = mem_strndup(line.at, n);

	return mem_strdup(text_trim(copy));
}

/* Takes "Name: value" into its place; false for any other line. */
static bool read_field(struct scan line, struct patchmail *mail)
{
	const struct {
		const char *name;
		char **place;
	} fields[] = {
		{"From:", &mail->from}, {"Date:", &mail->date}, {"Subject:", &mail->subject}};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t n = strlen(fields[i].name);

		if (scan_left(&line) <= n || strncasecmp(line.at, fields[i].name, n) != 0)
			continue;
		if (*fields[i].place)
			return false;
		line.at += n;
		*fields[i].place = value_of(line);
		return true;
	}
	return false;
}

/* The lines on top; a line that begins with a blank goes on with a subject. */
static void read_fields(struct scan *scan, struct patchmail *mail)
{
	struct scan rest = *scan, line;
	bool ended, subject = false;

	while (scan_line(&rest, &line, &ended)) {
		bool more = subject && !is_empty(line) && scan_blanks(&line);

		if (more && strlen(mail->subject) < VALUE_MAX_BYTES) {
			auto_free char *head = mail->subject, *tail = value_of(line);

			mail->subject = mem_printf("%s %s", head, tail);
		} else if (!more) {
			char *before = mail->subject;

			if (!read_field(line, mail))
				return;
			subject = mail->subject != before;
		}
		*scan = rest;
	}
}

static void skip_empty(struct scan *scan)
{
	struct scan rest = *scan, line;
	bool ended;

	while (scan_line(&rest, &line, &ended) && is_empty(line))
		*scan = rest;
}

void patchmail_read(const char *body, size_t bytes, struct patchmail *ret)
{
	struct patchmail mail = {0};
	auto_str struct str words = STR_INIT;
	struct scan scan = scan_of(body, bytes), line;
	bool ended;

	skip_empty(&scan);
	read_fields(&scan, &mail);
	for (struct scan rest = scan; scan_line(&rest, &line, &ended); scan = rest) {
		if (breaks(line)) {
			mail.rest = scan.at;
			mail.rest_bytes = scan_left(&scan);
			break;
		}
		if (words.length + scan_left(&line) < WORDS_MAX_BYTES) {
			str_add_bytes(&words, line.at, scan_left(&line));
			str_add_char(&words, '\n');
		}
	}
	/* Only what is seen counts: a NUL would end the message early. */
	for (size_t i = 0; i < words.length; i++)
		if (!words.text[i])
			words.text[i] = ' ';
	mail.words = mem_strdup(words.text ? text_trim(words.text) : "");
	*ret = mail;
}

/* ---- the base ---- */

static size_t hex_digits(struct scan scan)
{
	size_t n = 0;

	while (n < scan_left(&scan) && (isdigit((unsigned char)scan.at[n]) ||
					       (scan.at[n] >= 'a' && scan.at[n] <= 'f')))
		n++;
	return n;
}

static void read_trailer(struct scan line, struct basis *basis)
{
	if (scan_text(&line, "base-commit: ")) {
		size_t n = hex_digits(line);

		if (!basis->commit && n >= 7 && n <= 64 &&
			is_empty((struct scan){line.at + n, line.end}))
			basis->commit = mem_strndup(line.at, n);
	} else if (scan_text(&line, "prerequisite-patch-id:") && scan_blanks(&line)) {
		size_t n = hex_digits(line);

		if (n >= 40 && n <= 64 && basis->prerequisites.count < PREREQUISITES_MAX)
			strv_addf(&basis->prerequisites, "%.*s", (int)n, line.at);
	} else if (scan_text(&line, "change-id:") && scan_blanks(&line)) {
		if (!basis->change)
			basis->change = value_of(line);
	}
}

/* "v6.12-rc3", "kvmarm-6.5": what may stand for a tag, a branch or digits of a commit. */
static bool is_mark(const char *word)
{
	size_t n = strlen(word), digits = hex_digits(scan_of(word, n));

	if (n >= 8 && digits == n && strpbrk(word, "0123456789"))
		return true;
	if (word[0] == 'v')
		return isdigit((unsigned char)word[1]) &&
		       strspn(word + 1, "0123456789.-rc") == n - 1;
	return (text_starts(word, "kvmarm") || text_starts(word, "next-")) &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789/.-") == n;
}

static void read_prose(const char *text, struct basis *basis)
{
	static const char *const starts[] = {"based on", "based upon", "applies on",
		"applies to", "rebased to", "on top of", "rebased on"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		const char *at = strcasestr(text, starts[i]);

		for (; at; at = strcasestr(at + 1, starts[i])) {
			auto_free char *near = mem_strndup(at + strlen(starts[i]), PROSE_REACH);
			char *save = NULL;

			for (char *w = strtok_r(near, " \t\n,;:()[]{}<>\"'`", &save);
				w && basis->prose.count < PROSE_MAX;
				w = strtok_r(NULL, " \t\n,;:()[]{}<>\"'`", &save)) {
				size_t n = strlen(w);

				if (n && w[n - 1] == '.')
					w[n - 1] = '\0';
				if (is_mark(w))
					strv_add(&basis->prose, w);
			}
			if (basis->prose.count >= PROSE_MAX)
				return;
		}
	}
}

void basis_read(const char *body, size_t bytes, struct basis *ret)
{
	struct basis basis = {0};
	auto_str struct str words = STR_INIT;
	struct scan scan = scan_of(body, bytes), line;
	bool ended, words_end = false;

	while (scan_line(&scan, &line, &ended)) {
		/* The signature, but for git's layout, which has it behind the trailers. */
		if (scan_starts(&line, "-- ") && scan_left(&line) == 3)
			break;
		read_trailer(line, &basis);
		words_end |= breaks(line);
		if (!words_end && !scan_starts(&line, ">") &&
			words.length + scan_left(&line) < WORDS_MAX_BYTES) {
			str_add_bytes(&words, line.at, scan_left(&line));
			str_add_char(&words, '\n');
		}
	}
	read_prose(str_text(&words), &basis);
	*ret = basis;
}
