/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_MIME_H
#define IO_MIME_H

#include <stdint.h>

#include "base/err.h"
#include "text/mailbox.h"

/*
 * A text mail as it goes over the wire (with LF), by GMime. Nothing in it can
 * add a header: controls in names and subject become blanks. Addresses were
 * checked by text/mailbox.h; message ids are without <>.
 */
struct mime_mail {
	const struct mailbox *from;
	const struct mailboxes *to, *cc;
	const char *subject;
	const char *message_id, *in_reply_to; /* in_reply_to: or "" */
	const char *references;		      /* ids with blanks between, or "" */
	int64_t unix_ms;
	const char *body; /* any bytes; repaired to UTF-8 */
};

/* The whole message; the caller frees. 8bit, or quoted-printable when a line is too long. */
char *mime_write(const struct mime_mail *mail);

#endif
