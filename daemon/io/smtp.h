/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_SMTP_H
#define IO_SMTP_H

#include "base/err.h"
#include "model/mail.h"

/* Hands mails to an SMTP server (RFC 5321), with libcurl. */

enum smtp_outcome {
	SMTP_SENT,  /* the server took it */
	SMTP_LATER, /* 4xx, connection, TLS, wrong password: worth another attempt */
	SMTP_NEVER, /* 5xx on this mail */
};

struct smtp_answer {
	enum smtp_outcome outcome;
	char text[400]; /* the server's last line, or what went wrong; printable ASCII */
};

/*
 * Sends one mail: spec says to whom to talk, mail has envelope and text. TLS is
 * verified unless the configuration says none; a password never goes over a
 * connection without TLS, but to this machine itself. limit_s ends a server that hangs. Returns
 * a negative errno only for what no attempt could mend: configuration.
 */
int smtp_send(const struct mail_spec *spec, const struct mail *mail, int limit_s,
	struct smtp_answer *ret, struct err *err);

#endif
