/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_FRONT_PAGE_H
#define MODEL_FRONT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * What the front page lists. Plain data, owned by struct front_page except
 * where said; any text may be NULL and is hostile.
 */

struct comparison; /* model/comparison.h */

/* A kernel that could not be built. */
struct front_failure {
	char *branch;
	char *oid;
	char *subject;
	enum failure failure;
	enum symptom symptom;
	char *reason;
	int64_t updated_unix_ms;
};

struct front_host {
	char *name;
	char *driver;
	bool emulated;
	char *state; /* "idle", "confirm 17: boot 9 of 16", "quarantined: reason" */
	size_t boots;
	size_t failed_boots;
	int64_t seen_unix_ms; /* last answer; 0: never */
};

struct front_page {
	char *title;		 /* "KVM/arm64 dirty logging" */
	int64_t updated_unix_ms; /* of the newest thing listed */

	/*
	 * Newest first; borrowed. Cells, boots and the reference table may be left
	 * out: the line of a comparison is made of its other fields.
	 */
	const struct comparison *comparisons;
	size_t comparison_count;

	struct front_failure *failures; /* newest first */
	size_t failure_count;
	struct front_host *hosts;
	size_t host_count;
};

void front_page_clear(struct front_page *page);

#endif
