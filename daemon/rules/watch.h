/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_WATCH_H
#define RULES_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/branch.h"

/* Which commits of a branch that moved are tested, and against what. Pure. */

/* One commit of the chain of first parents. */
struct watch_step {
	char oid[65];
	bool is_merge;
	bool touches;  /* changes one of the configured paths, seen from its first parent */
	bool is_known; /* has a job of this section already */
};

/* A ref whose tip is not the one that was looked at last. */
struct watch_update {
	/* What the old tip does not have, the new tip first; may lack commits that do not
	 * count. */
	const struct watch_step *steps;
	size_t count;
	bool is_fresh; /* there is no old tip, or it was forced away: only the tip counts */
	const char *old_tip; /* "" when it is fresh */
	enum watch_what what;
	int room; /* jobs that the cap leaves today */
};

/* A commit to test, by its place in steps. */
struct watch_choice {
	size_t step;
	const char *older; /* the nearest older commit that has a job or gets one; "": none */
};

struct watch_verdict {
	size_t count;	 /* of choices */
	size_t left_out; /* wanted, but beyond the cap */
	/*
	 * The new tip is done with. Not so when nothing could be chosen although
	 * something is wanted: then the old tip stays, and the next day looks again.
	 */
	bool is_settled;
};

/*
 * Chooses, newest first. choices has room for update->room entries; `older`
 * points into the update.
 */
struct watch_verdict watch_choose(
	const struct watch_update *update, struct watch_choice *choices);

/*
 * The commit that a choice is compared with. found is what the section's rule
 * found in the repository ("" for nothing, or for the rule "parent"), parent
 * the first parent ("" for a root commit). "": nothing to compare with.
 * *ret_fell_back: the rule found nothing else than the commit itself, and its
 * older neighbour stands in.
 */
const char *watch_baseline(enum baseline_kind kind, const char *oid, const char *found,
	const char *older, const char *parent, bool *ret_fell_back);

/*
 * May a failure to fetch pass by itself (no network, a server that is away), or
 * does it wait for a person (keys, a wrong address)? code is its negative
 * errno, see io/mirror.h.
 */
bool watch_problem_passes(int code);

/* The beginning of the day, UTC, that a cap counts from. */
int64_t watch_day_unix_ms(int64_t now_unix_ms);

#endif
