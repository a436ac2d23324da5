/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a bisect found, as its letter and page tell it. Plain data, owned by
 * struct finding; any text may be NULL and is hostile.
 */

enum finding_kind {
	FINDING_COMMIT, /* one commit */
	FINDING_RANGE,	/* could not be separated any further */
	FINDING_NONE,	/* the ends did not show the change again */
};

/* What became of a proof. */
enum finding_proof {
	PROOF_NOT_TRIED,
	PROOF_YES,
	PROOF_NO,
	PROOF_IMPOSSIBLE, /* for a reason */
};

struct finding_step {
	char *oid;
	char *subject;
	char *answer; /* "has the change", "does not have it", "cannot separate", "skipped: ..."
		       */
	int boots;
};

struct finding {
	enum finding_kind kind;
	int64_t from_commit; /* row of the newest commit without the change */
	int64_t to_commit;   /* row of the oldest one with it: the culprit, when there is one */
	char *steered_by;    /* the cell that was measured: "g-thp 40/48/4K enable on altra" */
	struct finding_step *steps; /* in the order they were taken */
	size_t step_count;
	int64_t comparison_id; /* the confirm of the commit against its parent; 0: none */
	enum finding_proof revert_on_tip, apply_on_base;
	char *revert_reason, *apply_reason; /* why not, or why it was not possible */
	char *sentence;			    /* anything else worth a line */
};

void finding_clear(struct finding *finding);

#endif
