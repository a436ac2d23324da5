/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_POST_H
#define WORK_POST_H

#include "base/err.h"
#include "io/db.h"
#include "model/event.h"
#include "model/mail.h"

/* Addresses a letter and puts it into the outbox; part of its caller's transaction. */
struct post {
	const char *kind; /* "report", ... */
	const char *subject, *body;
	const struct event *event;	   /* whose thread it is in, or NULL */
	const char *reply_to, *references; /* without an event: what it answers, or NULL */
	const char *to;		/* address list in the place of the configured one, or NULL */
	const char *cc;		/* goes with `to`; or NULL */
	const char *message_id; /* or NULL: made here */
	bool urgent;		/* quiet hours do not hold it back */
};

/* *ret_id (may be NULL) is its row. Dry while nobody is configured to get it. */
int post_write(struct db *db, const struct mail_spec *spec, const struct post *post,
	int64_t now_unix_ms, int64_t *ret_id, struct err *err);

/*
 * Tells the people who run the lab: a host in quarantine, a mail that was
 * parked. subject is one line, text is plain prose; both may hold anything.
 * The same subject is told once a day. One transaction, or part of the caller's.
 */
int post_owner(struct db *db, const struct mail_spec *spec, const char *subject,
	const char *text, int64_t now_unix_ms, struct err *err);

/* A new Message-ID without <>: time, eight digits that depend on seed, our domain. */
char *post_message_id(const struct mail_spec *spec, const char *seed, int64_t now_unix_ms);

#endif
