/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_SUBJECT_H
#define TEXT_SUBJECT_H

#include <stdbool.h>

/*
 * The subject of a mail on a kernel list: "[PATCH v3 RFC RESEND 02/12] title",
 * words in any order and any number of brackets in front.
 */
struct subject {
	bool reply;  /* "Re:", "Fwd:" and their kin */
	bool patch;  /* a patch or a cover letter, not an answer and not a pull request */
	bool rfc;    /* a request for comments */
	bool resend; /* posted again as it was */
	int version; /* 1 when none is told */
	int number;  /* 0: cover letter */
	int total;   /* 0: a patch by itself, without "i/n"; number is 1 then */
	char *title; /* what stands behind the brackets, blanks folded; owned */
};

/* Reads any text; what it is not sure of is no patch. The caller calls subject_clear(). */
void subject_parse(const char *text, struct subject *ret);
void subject_clear(struct subject *subject);

#define auto_subject __attribute__((cleanup(subject_clear)))

#endif
