/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitprogress.h"

#include <string.h>

#include "base/scan.h"

/* "  12% (123/1000), 1.20 MiB | 3.00 MiB/s", after its title. */
static bool read_counts(struct scan scan, uint64_t *ret_done, uint64_t *ret_total)
{
	uint64_t percent;

	return scan_blanks(&scan) && scan_number(&scan, &percent) && scan_text(&scan, "% (") &&
	       scan_number(&scan, ret_done) && scan_text(&scan, "/") &&
	       scan_number(&scan, ret_total) && scan_text(&scan, ")") &&
	       *ret_done <= *ret_total && *ret_total <= INT64_MAX;
}

static bool read_line(struct scan line, struct git_progress *ret)
{
	bool resolves = scan_text(&line, "Resolving deltas:");
	uint64_t done, total;

	if ((!resolves && !scan_text(&line, "Receiving objects:")) ||
		!read_counts(line, &done, &total))
		return false;
	*ret = (struct git_progress){resolves, (int64_t)done, (int64_t)total};
	return true;
}

/* Each thing overwrites the one before with a CR; a LF ends the last one. */
bool git_progress_read(const char *text, size_t bytes, struct git_progress *ret)
{
	const char *end = text + bytes;
	bool found = false;

	while (text < end) {
		const char *stop = text;

		while (stop < end && *stop != '\r' && *stop != '\n')
			stop++;
		found |= read_line(scan_of(text, (size_t)(stop - text)), ret);
		text = stop + 1;
	}
	return found;
}
