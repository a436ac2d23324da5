/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/paths.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

enum { PART_MAX_BYTES = 255 };

/* Takes the next part between slashes off *at; false when none is left, or it is too long. */
static bool take_part(const char **at, char part[PART_MAX_BYTES + 1])
{
	const char *from = *at + strspn(*at, "/");
	size_t n = strcspn(from, "/");

	if (n == 0 || n > PART_MAX_BYTES)
		return false;
	memcpy(part, from, n);
	part[n] = '\0';
	*at = from + n;
	return true;
}

static bool is_at_end(const char *at)
{
	return at[strspn(at, "/")] == '\0';
}

static enum paths_answer ask(const char *pattern, const char *path)
{
	char wanted[PART_MAX_BYTES + 1], part[PART_MAX_BYTES + 1];

	while (!is_at_end(pattern)) {
		if (is_at_end(path))
			return PATHS_BENEATH;
		if (!take_part(&pattern, wanted) || !take_part(&path, part) ||
			fnmatch(wanted, part, FNM_NOESCAPE) != 0)
			return PATHS_NONE;
	}
	return PATHS_MEANT;
}

enum paths_answer paths_ask(const struct strv *patterns, const char *path)
{
	enum paths_answer best = PATHS_NONE;

	for (size_t i = 0; i < patterns->count && best != PATHS_MEANT; i++) {
		enum paths_answer answer = ask(patterns->items[i], path);

		if (answer > best)
			best = answer;
	}
	return best;
}
