/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_GITPROGRESS_H
#define TEXT_GITPROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far `git index-pack -v` says that it is. */
struct git_progress {
	bool resolves; /* all is received, deltas are resolved */
	int64_t done, total;
};

/*
 * Reads the last thing that the text says about it, which may begin and end within a
 * line. False when it says nothing; *ret is untouched then.
 */
bool git_progress_read(const char *text, size_t bytes, struct git_progress *ret);

#endif
