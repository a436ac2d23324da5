/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_APPLIED_H
#define MODEL_APPLIED_H

#include "string/strv.h"

/* A posted series that became commits of a repository. Owns its text, which is hostile. */
struct applied {
	char *id;	/* Message-ID of the cover letter, else of the first patch */
	char *subject;	/* its title, without brackets */
	char *line;	/* its subject as it was sent */
	char *answered; /* Message-ID that it was sent in reply to, or "" */
	char *from_name, *from_mail;
	struct strv patch_ids; /* Message-IDs of the patches, in order */
	int version, total;
	char *why;     /* which base was taken, and why: a sentence */
	char *remark;  /* what else a reader should know, or NULL */
	char *ref;     /* refs/kvmperf/series/<id>/vN */
	char base[65]; /* full ids */
	char tip[65];
	char (*commits)[65]; /* total of them, in order; the last is the tip */
};

/* What patch number 1..total was applied to. */
const char *applied_parent(const struct applied *series, int number);

void applied_clear(struct applied *series);

#define auto_applied __attribute__((cleanup(applied_clear)))

#endif
