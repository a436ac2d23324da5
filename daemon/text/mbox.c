/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/mbox.h"

#include <ctype.h>
#include <string.h>

static bool is_archive(struct scan line)
{
	return scan_text(&line, "From mboxrd@z ");
}

/* "From 0123456789abcdef... Mon Sep 17 00:00:00 2001" */
static bool is_git(struct scan line)
{
	size_t digits = 0;

	if (!scan_text(&line, "From "))
		return false;
	while (digits < scan_left(&line) && isxdigit((unsigned char)line.at[digits]))
		digits++;
	line.at += digits;
	return digits >= 40 && scan_text(&line, " Mon Sep 17 00:00:00 2001") &&
	       scan_left(&line) == 0;
}

/* "From somebody Thu Jan  1 00:00:00 1970" */
static bool is_other(struct scan line)
{
	size_t left = scan_left(&line);

	if (!scan_starts(&line, "From ") || left < 20)
		return false;
	for (size_t i = left - 4; i < left; i++)
		if (!isdigit((unsigned char)line.at[i]))
			return false;
	return line.at[left - 5] == ' ' && memchr(line.at, ':', left) != NULL;
}

static bool separates(enum mbox_kind kind, struct scan line, bool after_empty)
{
	switch (kind) {
	case MBOX_ONE:
		return false;
	case MBOX_ARCHIVE:
		return is_archive(line);
	case MBOX_GIT:
		return is_git(line);
	case MBOX_OTHER:
		return after_empty && is_other(line);
	}
	return false;
}

struct mbox mbox_of(const char *text, size_t bytes)
{
	struct mbox mbox = {MBOX_ONE, scan_of(text, bytes)};
	struct scan rest = mbox.rest, line;
	bool ended;

	if (!scan_line(&rest, &line, &ended))
		return mbox;
	if (is_archive(line))
		mbox.kind = MBOX_ARCHIVE;
	else if (is_git(line))
		mbox.kind = MBOX_GIT;
	else if (scan_starts(&line, "From "))
		mbox.kind = MBOX_OTHER;
	if (mbox.kind != MBOX_ONE)
		mbox.rest = rest;
	return mbox;
}

/* ">>From " loses one mark. */
static bool is_quoted(struct scan line)
{
	if (!scan_text(&line, ">"))
		return false;
	while (scan_text(&line, ">"))
		;
	return scan_starts(&line, "From ");
}

bool mbox_next(struct mbox *mbox, struct str *ret)
{
	bool after_empty = false, ended;
	struct scan line;

	str_reset(ret);
	if (!scan_left(&mbox->rest))
		return false;
	for (;;) {
		const char *start = mbox->rest.at;

		if (!scan_line(&mbox->rest, &line, &ended) ||
			separates(mbox->kind, line, after_empty))
			return true;
		if (mbox->kind == MBOX_ARCHIVE && is_quoted(line))
			start++;
		str_add_bytes(ret, start, (size_t)(mbox->rest.at - start));
		after_empty = scan_left(&line) == 0;
	}
}
