/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_POSTING_H
#define MODEL_POSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Mails as they were read. Everything is owned, is UTF-8 (but for the body) and hostile. */
struct posting {
	char *id;	/* Message-ID without the angle brackets */
	char *reply_to; /* Message-ID that it answers, or "" */
	char *from_name, *from_mail;
	char *subject; /* decoded and unfolded */
	int64_t date_s;
	int date_offset_min; /* of the sender's clock against UTC */
	char *body;	     /* text parts, transfer encoding undone, lines end in LF */
	size_t body_bytes;   /* a NUL byte follows */
	char *charset;	     /* of the body, or NULL: it is UTF-8 as far as anyone can tell */
	char *problem;	     /* why the body was not read, a sentence; NULL: it was */
};

struct posting_list {
	struct posting *mails;
	size_t count;
	size_t duplicates; /* mails that came again, by their Message-ID */
};

void posting_clear(struct posting *mail);
void posting_list_clear(struct posting_list *list);

/*
 * One revision of a posted series, as it was found in a thread; indexes are those
 * of the thread's mails.
 */
struct posted {
	char *id;      /* Message-ID of the cover letter, else of the first patch */
	char *subject; /* its title, without brackets */
	int version;   /* 1.. */
	bool rfc, resend;
	int total;	 /* how many patches it is made of */
	size_t *patches; /* in order; total of them */
	long cover;	 /* or -1 */
	char *remark;	 /* what was passed over to come to this one, or NULL */
};

void posted_clear(struct posted *posted);

#define auto_posting_list __attribute__((cleanup(posting_list_clear)))
#define auto_posted	  __attribute__((cleanup(posted_clear)))

#endif
