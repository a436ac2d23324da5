/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_HUNK_H
#define TEXT_HUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/scan.h"
#include "string/str.h"

/* One hunk of a unified diff. Zero-initialised it is empty. */
struct hunk {
	int64_t old_start, old_count, new_start, new_count;
	int64_t trail;		 /* lines of context behind the last change */
	struct str lines;	 /* as in the diff, each with its mark and LF */
	bool old_bare, new_bare; /* the last line has no newline in the old, the new file */
	int line;		 /* where its "@@" is, in the text that was read */
};

/* Reads "@@ -1,7 +1,8 @@ ..."; false, and nothing set, when it is none. */
bool hunk_read_head(struct hunk *hunk, struct scan line);

/* Adds a line without its mark: ' ', '+' or '-'. */
void hunk_add(struct hunk *hunk, char mark, struct scan line);

/* Adds the hunk, head and lines, as `git diff` prints it. */
void hunk_write(const struct hunk *hunk, struct str *out);

void hunk_clear(struct hunk *hunk);

#endif
