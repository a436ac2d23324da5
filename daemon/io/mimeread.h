/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_MIMEREAD_H
#define IO_MIMEREAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/posting.h"

/*
 * Mails read through GMime. Whatever a mail holds, reading it is bounded: 64 MiB of
 * mails, 5000 of them, 16 MiB and 100 parts a mail, eight parts deep. A mail
 * beyond that keeps its head, and says in `problem` why its body is missing.
 */

/*
 * Reads every mail of a text (text/mbox.h tells which formats), each Message-ID
 * once; `git format-patch` writes mails without one. -EFBIG for too much, -ENODATA when there
 * is no mail in it. `name` is the file's or address's, for sentences.
 */
int mime_read(const char *name, const char *text, size_t bytes, struct posting_list *ret,
	struct err *err);

/* A header's text with RFC 2047 words decoded, as one line of UTF-8; the caller frees. */
char *mime_words(const char *text);

/* The first address of "Name <address>, ...": -EINVAL when there is none with an '@'. */
int mime_address(const char *text, char **ret_name, char **ret_mail);

/* A header's date: -EINVAL when it is none. */
int mime_date(const char *text, int64_t *ret_s, int *ret_offset_min);

/* Text of a character set as UTF-8; as it is when the set is unknown or does not fit. */
char *mime_utf8(const char *text, const char *charset);

#endif
