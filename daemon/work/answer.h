/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_ANSWER_H
#define WORK_ANSWER_H

#include <stdio.h>

#include "base/err.h"
#include "model/applied.h"
#include "model/comparison.h"

/* What the measurement of a posted series says to those who review it. All borrowed. */
struct answer {
	const struct applied *series;
	const struct comparison *whole;	  /* base against tip, judged; NULL: there is none */
	const struct comparison *patches; /* each against its parent, id 0: was not measured;
					     NULL: nobody asked */
	const char *site;		  /* where the pages are published, or "" */
};

/* Text to paste under a cover letter, folded for mails; the caller frees. */
char *answer_text(const struct answer *answer);

/*
 * The JSON of an external check of b4 review. b4 keeps it for months, so it is empty while
 * there is nothing to say about the series: not measured yet, or the lab failed, not the
 * kernel.
 */
int answer_b4(FILE *out, const struct answer *answer, struct err *err);

#endif
