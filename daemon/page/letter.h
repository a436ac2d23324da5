/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_LETTER_H
#define PAGE_LETTER_H

#include "model/comparison.h"
#include "model/digest.h"
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
	const char *command; /* literal command line of the headline's surest cell, or NULL */
	const char *aa;	     /* "A/A: 0 alerts of 37 ...", or NULL */
};

/* The cell of c that an event is told for, or NULL: the surest one of its metric. */
const struct cell *letter_cell(const struct comparison *c, const struct event *event);

char *letter_subject(const struct letter *letter);
char *letter_report(const struct letter *letter);
char *letter_bisect(const struct letter *letter, const struct finding *finding);
char *letter_fixed(const struct letter *letter);
char *letter_still(const struct letter *letter);

/* In reply to a posted series; text: what was measured (work/answer.h). */
char *letter_series(const struct mail_spec *mail, const char *text);

char *letter_digest(const struct mail_spec *mail, const struct digest *digest);

/* The signature that ends each of them. */
#define LETTER_PROJECT "performance regression service for KVM/arm64"

#endif
