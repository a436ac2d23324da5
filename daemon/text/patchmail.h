/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_PATCHMAIL_H
#define TEXT_PATCHMAIL_H

#include <stddef.h>

#include "string/strv.h"

/*
 * The body of a mail that carries a patch, or of a cover letter, as `git am`
 * reads it: lines "From:", "Date:" and "Subject:" on top that stand for those of
 * the mail's head, the words of the commit up to "---" or the diff, and the rest.
 */
struct patchmail {
	char *from, *date, *subject; /* of the body's top; NULL: the head's hold */
	char *words; /* message without the subject line, trailers included; "" when none */
	const char *rest; /* borrowed: from "---" or the first line of a diff on; NULL: none */
	size_t rest_bytes;
};

/* Reads a body (decoded, lines end in LF). Everything is a body; nothing fails. */
void patchmail_read(const char *body, size_t bytes, struct patchmail *ret);
void patchmail_clear(struct patchmail *mail);

#define auto_patchmail __attribute__((cleanup(patchmail_clear)))

/*
 * What a cover letter, or the first patch, says of the commit it starts from.
 * Only whole lines that are not quoted and stand before the signature count.
 */
struct basis {
	char *commit; /* of "base-commit:", at least 7 hexadecimal digits; NULL: none */
	char *change; /* of "change-id:"; NULL: none */
	struct strv prerequisites; /* of "prerequisite-patch-id:", in order */
	struct strv
		prose; /* what "based on ..." may mean: commit ids and tags, never certain */
};

void basis_read(const char *body, size_t bytes, struct basis *ret);
void basis_clear(struct basis *basis);

#define auto_basis __attribute__((cleanup(basis_clear)))

#endif
