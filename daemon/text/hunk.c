/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/hunk.h"

enum { LINES_MAX = 1000 * 1000 };

void hunk_clear(struct hunk *hunk)
{
	str_clear(&hunk->lines);
	*hunk = (struct hunk){0};
}

static bool read_range(struct scan *scan, int64_t *ret_start, int64_t *ret_count)
{
	uint64_t start, count = 1;

	if (!scan_number(scan, &start) || start > INT32_MAX)
		return false;
	if (scan_text(scan, ",") && (!scan_number(scan, &count) || count > LINES_MAX))
		return false;
	*ret_start = (int64_t)start;
	*ret_count = (int64_t)count;
	return true;
}

bool hunk_read_head(struct hunk *hunk, struct scan line)
{
	int64_t old_start, old_count, new_start, new_count;

	if (!scan_text(&line, "@@ -") || !read_range(&line, &old_start, &old_count) ||
		!scan_text(&line, " +") || !read_range(&line, &new_start, &new_count) ||
		!scan_text(&line, " @@"))
		return false;
	hunk->old_start = old_start;
	hunk->old_count = old_count;
	hunk->new_start = new_start;
	hunk->new_count = new_count;
	return true;
}

void hunk_add(struct hunk *hunk, char mark, struct scan line)
{
	str_add_char(&hunk->lines, mark);
	str_add_bytes(&hunk->lines, line.at, scan_left(&line));
	str_add_char(&hunk->lines, '\n');
}

void hunk_write(const struct hunk *hunk, struct str *out)
{
	struct scan rest = scan_of(str_text(&hunk->lines), hunk->lines.length), line;
	int64_t old_left = hunk->old_count, new_left = hunk->new_count;
	bool ended;

	str_addf(out, "@@ -%lld,%lld +%lld,%lld @@\n", (long long)hunk->old_start,
		(long long)hunk->old_count, (long long)hunk->new_start,
		(long long)hunk->new_count);
	for (const char *at = rest.at; scan_line(&rest, &line, &ended); at = rest.at) {
		char mark = *at;

		str_add_bytes(out, at, (size_t)(rest.at - at));
		old_left -= mark != '+';
		new_left -= mark != '-';
		if ((mark != '+' && old_left == 0 && hunk->old_bare) ||
			(mark != '-' && new_left == 0 && hunk->new_bare))
			str_add(out, "\\ No newline at end of file\n");
	}
}
