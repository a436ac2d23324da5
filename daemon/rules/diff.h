/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_DIFF_H
#define RULES_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "string/str.h"
#include "text/hunk.h"

/*
 * A diff that came by mail, read as strictly as nobody can be vouched for:
 * regular files in the tree only, whole hunks only. Text around files and behind
 * hunks (diffstat, signature, a list's footer) is skipped.
 */
struct diff_file {
	char *old_path, *new_path;   /* NULL: there is none (created, deleted) */
	bool copied;		     /* else a different new path is a rename */
	unsigned old_mode, new_mode; /* 0100644 or 0100755 where told, else 0 */
	struct hunk *hunks;
	size_t hunk_count;
	int line;
};

struct diff {
	struct diff_file *files;
	size_t file_count;
};

/*
 * Reads a text of at most 16 MiB. Without any file *ret is empty. -EPROTO and a
 * sentence that names the file when it is damaged; -EPERM when it asks for what
 * no patch may: a path that leaves the tree, a symbolic link, a submodule, a
 * binary file; -EFBIG when there is too much of it. The caller clears *ret.
 */
int diff_read(const char *text, size_t bytes, struct diff *ret, struct err *err);
void diff_clear(struct diff *diff);

#define auto_diff __attribute__((cleanup(diff_clear)))

/* The file's part as `git diff` prints it. */
void diff_write(const struct diff_file *file, struct str *out);

/* The path that a sentence names. */
const char *diff_path(const struct diff_file *file);

#endif
