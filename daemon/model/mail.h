/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_MAIL_H
#define MODEL_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "string/strv.h"

enum mail_tls { MAIL_STARTTLS, MAIL_TLS, MAIL_NO_TLS };

/* The [mail] section: who is told, and how. Text is owned and never NULL once read. */
struct mail_spec {
	char *from, *to, *cc, *owner; /* address lists; "" for none */
	char *series_cc;       /* who gets a reply to a posted series besides its author */
	struct strv cc_commit; /* "author", "committer", "reviewers" */
	char *smtp;	       /* smtp://HOST:PORT, "": dry run */
	int tls;	       /* enum mail_tls */
	char *ca_file, *user, *password_file;
	char *archive;	     /* public archive that Closes: points into; "" for none */
	char *site;	     /* where the pages are published; "" for nowhere */
	char *lab;	     /* name of the lab */
	char *quiet;	     /* "22-06": hours (UTC) that nobody is mailed in; "" for none */
	int digest_day;	     /* 0: Monday */
	int daily_limit;     /* reports a branch and day */
	bool emulated;	     /* mail what an emulated host shows; for tests */
	struct strv regzbot; /* branches whose reports carry a regzbot line */
};

void mail_spec_clear(struct mail_spec *spec);

/* Is there enough to send anything? Else mails stay in the outbox, dry. */
bool mail_spec_is_live(const struct mail_spec *spec);

/* Reads "22-06" into hours 0..23; false when it is not of that form. */
bool mail_quiet_hours(const char *text, int *ret_from, int *ret_to);

/* A mail of the outbox, see schema/0004-events.sql. Owns its text. */
struct mail {
	int64_t id;
	int64_t event_id; /* 0: of none */
	char *kind, *message_id, *in_reply_to, *references;
	char *sender, *recipients; /* recipients: one a line */
	char *subject, *message;
	char *state;
	int attempts;
	int64_t next_unix_ms;
	char *answer;
	int64_t created_unix_ms;
};

void mail_clear(struct mail *mail);

#endif
