/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_MBOX_H
#define TEXT_MBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/scan.h"
#include "string/str.h"

/*
 * A file of mails, taken apart at its separator lines. Which lines those are, the
 * first one says:
 *	"From mboxrd@z ..."	the archive's format: quoted ">From " lines are unquoted
 *	"From <commit id> ..."	what `git format-patch` writes: nothing is quoted
 *	"From ..."		any other mbox: a separator follows an empty line and
 *				ends in a year; nothing is unquoted
 *	anything else		the whole text is one mail
 */
enum mbox_kind { MBOX_ONE, MBOX_ARCHIVE, MBOX_GIT, MBOX_OTHER };

struct mbox {
	enum mbox_kind kind;
	struct scan rest;
};

/* The text is borrowed. */
struct mbox mbox_of(const char *text, size_t bytes);

/* The next mail in *ret (emptied before), without its separator; false at the end. */
bool mbox_next(struct mbox *mbox, struct str *ret);

#endif
