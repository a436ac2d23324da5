/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_LETTER_H
#define PAGE_LETTER_H

#include "model/comparison.h"
#include "model/event.h"
#include "model/finding.h"
#include "model/mail.h"

/*
 * The texts of mails, as plain lines of UTF-8. All data are borrowed; the
 * caller frees what it gets. io/mime.h makes a message of it.
 */
struct letter {
	const struct mail_spec *mail;
	const struct event *event;
	const struct comparison *c;	 /* the evidence at hand, judged */
	const struct comparison *others; /* the same range on other hosts */
	size_t other_count;
	const char *host_record; /* "A/A: 0 alerts of 37 ...", or NULL */
};

char *letter_subject(const struct letter *letter);
char *letter_report(const struct letter *letter);
char *letter_bisect(const struct letter *letter, const struct finding *finding);
char *letter_fixed(const struct letter *letter);
char *letter_still(const struct letter *letter);

/* In reply to a posted series; text: what was measured (work/answer.h). */
char *letter_series(const struct mail_spec *mail, const char *text);

/* Events that had no mail of their own; waiting: reports that the daily limit held back. */
char *letter_digest(
	const struct mail_spec *mail, const struct event *events, size_t count, size_t waiting);

/* The signature that ends each of them. */
#define LETTER_PROJECT "performance regression service for KVM/arm64"

#endif
