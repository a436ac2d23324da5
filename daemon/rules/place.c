/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/scan.h"

/* A text by lines; the last one may lack its newline. */
struct lines {
	struct scan *at;
	size_t count;
	bool bare; /* the last line has no newline */
};

static void lines_add(struct lines *lines, struct scan line)
{
	if (lines->count % 1024 == 0)
		lines->at = mem_grow(lines->at, lines->count + 1024, sizeof(*lines->at));
	lines->at[lines->count++] = line;
}

/* Bytes count here: a CR is part of its line. */
static struct lines lines_of(const char *text, size_t bytes)
{
	struct lines lines = {0};
	const char *end = text + bytes;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));

		lines_add(&lines, (struct scan){text, lf ? lf : end});
		lines.bare = !lf;
		text = lf ? lf + 1 : end;
	}
	return lines;
}

/* What the hunk wants to find: its context and the lines that it removes. */
static struct lines wanted(const struct hunk *hunk)
{
	struct lines all = lines_of(str_text(&hunk->lines), hunk->lines.length);
	struct lines lines = {.bare = hunk->old_bare};

	for (size_t i = 0; i < all.count; i++)
		if (*all.at[i].at != '+')
			lines_add(&lines, (struct scan){all.at[i].at + 1, all.at[i].end});
	free(all.at);
	return lines;
}

static bool equal(struct scan a, struct scan b)
{
	return scan_left(&a) == scan_left(&b) && memcmp(a.at, b.at, scan_left(&a)) == 0;
}

/* How many lines match from there on, up to all that are wanted. */
static size_t matching(const struct lines *file, const struct lines *want, size_t at)
{
	size_t n = 0;

	while (n < want->count && at + n < file->count && equal(file->at[at + n], want->at[n]))
		n++;
	if (n == want->count && n > 0 && at + n == file->count && want->bare != file->bare)
		return n - 1;
	return n == want->count && want->bare && at + n < file->count ? n - 1 : n;
}

/* The search for one hunk. */
struct search {
	const struct lines *file, *want;
	bool at_begin, at_end; /* the only places that its missing context allows */
	size_t first;	       /* no earlier: the hunk before ends there */
	int64_t *work;	       /* lines that may still be compared for this file */
};

/* A file of equal lines and a hunk of the same would be compared for minutes. */
#define WORK_MAX ((int64_t)50 * 1000 * 1000)

static bool fits(const struct search *search, size_t at)
{
	size_t n;

	if (at < search->first || at + search->want->count > search->file->count)
		return false;
	if ((search->at_begin && at != 0) ||
		(search->at_end && at + search->want->count != search->file->count))
		return false;
	n = *search->work > 0 ? matching(search->file, search->want, at) : 0;
	*search->work -= (int64_t)n + 1;
	return *search->work > 0 && n == search->want->count;
}

/* The place nearest to the expected one; false when there is none. */
static bool find(const struct search *search, size_t expected, size_t *ret)
{
	size_t count = search->file->count;

	for (size_t distance = 0; distance <= count; distance++) {
		if (expected >= distance && fits(search, expected - distance)) {
			*ret = expected - distance;
			return true;
		}
		if (expected + distance <= count && fits(search, expected + distance)) {
			*ret = expected + distance;
			return true;
		}
	}
	return false;
}

static int refuse(const struct hunk *hunk, size_t number, const char *path,
	const struct search *search, size_t expected, struct err *err)
{
	size_t n = matching(search->file, search->want, expected);
	char wants[80], finds[80] = "the end of the file";

	if (n >= search->want->count)
		return err_set(err, -EPROTO,
			"%s: hunk %zu (@@ -%lld,%lld) does not apply: it stands at another "
			"place "
			"than its context allows",
			path, number, (long long)hunk->old_start, (long long)hunk->old_count);
	scan_quote(&search->want->at[n], wants, sizeof(wants));
	if (expected + n < search->file->count) {
		char line[70];

		scan_quote(&search->file->at[expected + n], line, sizeof(line));
		snprintf(finds, sizeof(finds), "\"%s\"", line);
	}
	return err_set(err, -EPROTO,
		"%s: hunk %zu (@@ -%lld,%lld) does not apply: line %zu should be \"%s\" and is "
		"%s",
		path, number, (long long)hunk->old_start, (long long)hunk->old_count,
		expected + n + 1, wants, finds);
}

/*
 * One hunk. *drift is how far the hunks before it were from their places, *grown
 * by how much they have lengthened the file, *first where the last one ended.
 */
struct so_far {
	int64_t drift, grown, work;
	size_t first;
};

static int place(struct hunk *hunk, size_t number, const char *path,
	const struct lines *content, struct so_far *so_far, struct err *err)
{
	struct lines want = wanted(hunk);
	struct search search = {.file = content,
		.want = &want,
		.at_begin = hunk->old_start <= 1,
		.at_end = hunk->trail == 0,
		.first = so_far->first,
		.work = &so_far->work};
	/* A hunk that removes and keeps nothing stands behind its line, not at it. */
	int64_t guess = hunk->old_start - (hunk->old_count > 0) + so_far->drift;
	size_t expected = guess < 0 ? 0 : (size_t)guess, found;
	int r = 0;

	if (expected > content->count)
		expected = content->count;
	if (find(&search, expected, &found)) {
		so_far->drift += (int64_t)found - (int64_t)expected;
		so_far->first = found + want.count;
		hunk->old_start = (int64_t)found + (hunk->old_count > 0);
		hunk->new_start = (int64_t)found + so_far->grown + (hunk->new_count > 0);
		so_far->grown += hunk->new_count - hunk->old_count;
	} else {
		r = refuse(hunk, number, path, &search, expected, err);
	}
	free(want.at);
	return r;
}

int place_hunks(struct hunk *hunks, size_t count, const char *path, const char *content,
	size_t bytes, struct err *err)
{
	struct lines lines = lines_of(content, bytes);
	struct so_far so_far = {.work = WORK_MAX};
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = place(&hunks[i], i + 1, path, &lines, &so_far, err);
	free(lines.at);
	return r;
}
