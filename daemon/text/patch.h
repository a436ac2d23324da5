/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_PATCH_H
#define TEXT_PATCH_H

#include <stddef.h>

#include "base/err.h"

/*
 * A patch file as `git format-patch` writes it: header lines From and Subject,
 * the message, "---", the diff. For files of our own and of people at the
 * keyboard; mail with its encodings is another matter.
 */
struct patch {
	char *author_name;
	char *author_mail;
	char *message;	  /* subject without "[PATCH ...]", blank line, body; ends in LF */
	const char *diff; /* borrowed from the text: from the first "diff --git" on */
};

/*
 * Reads a patch from text, which must outlive ret->diff. -EINVAL and a
 * sentence when author, subject or diff is missing, or the header or message
 * is longer than 64 KiB.
 */
int patch_parse(const char *text, struct patch *ret, struct err *err);
void patch_clear(struct patch *patch);

#define auto_patch __attribute__((cleanup(patch_clear)))

#endif
