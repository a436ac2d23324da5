/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_BISECT_TEXT_H
#define PAGE_BISECT_TEXT_H

#include <stdio.h>

#include "model/bisect.h"

/* A bisect for a terminal: what is searched, every step, and the answer. */
void bisect_text_write(FILE *out, const struct bisect *bisect);

/* One line of it: what a step was about and what it gave; the caller frees. */
char *bisect_text_step(const struct bisect *bisect, const struct bisect_step *step);

/* The answer as a sentence, or how far the search is; the caller frees. */
char *bisect_text_answer(const struct bisect *bisect);

#endif
