/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_LORE_H
#define TEXT_LORE_H

#include <stdbool.h>

#include "base/err.h"

/* Where an archive of mails (public-inbox) keeps a thread. */
struct lore {
	char *id;     /* Message-ID without the angle brackets */
	char *thread; /* URL of the whole thread, packed: ".../ID/t.mbox.gz" */
};

/* What people mean by a word: a file, unless it can only be one of the others. */
enum lore_kind { LORE_FILE, LORE_URL, LORE_ID };
enum lore_kind lore_kind(const char *word);

/* Is it a Message-ID that can stand between angle brackets, in a header or a URL? */
bool lore_is_id(const char *id);

/*
 * Reads a Message-ID, with or without angle brackets, or the URL of a mail, and
 * tells where its thread is. archive is the URL of an archive, for ids and for
 * links that lead to one ("https://patch.msgid.link/ID"); a URL with a list in
 * it stays at its own. -EINVAL with what was expected. The caller clears *ret.
 */
int lore_parse(const char *word, const char *archive, struct lore *ret, struct err *err);
void lore_clear(struct lore *lore);

#define auto_lore __attribute__((cleanup(lore_clear)))

#endif
