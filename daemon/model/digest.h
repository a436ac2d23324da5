/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_DIGEST_H
#define MODEL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* What had no mail of its own since the last digest. Owns all of it; text is hostile. */

struct digest_line {
	char *branch;			   /* "" for none */
	char *host;			   /* or NULL */
	char *from_oid, *to_oid, *subject; /* subject: of the second */
	char *text;			   /* a sentence */
};

struct digest_list {
	struct digest_line *lines;
	size_t count;
};

struct digest {
	struct digest_list events;    /* improvements, and what the daily limit held back */
	size_t held_back;	      /* of them */
	struct digest_list unsettled; /* looked suspicious; a confirm did not find it */
	struct digest_list points;    /* steps in the history that nothing has confirmed */
};

/* A new line at the end, empty. */
struct digest_line *digest_add(struct digest_list *list);

void digest_clear(struct digest *digest);

/* Is there something to tell? */
bool digest_is_empty(const struct digest *digest);

#endif
