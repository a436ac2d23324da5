/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RULES_BISECT_H
#define RULES_BISECT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/bisect.h"

/*
 * How the commit is found. Pure: from what is known of the candidates to the
 * next deed; who asks carries it out, adds what it learned, and asks again.
 *
 * An answer (rules/witness.h) may be wrong once in a hundred, so nobody is named by answers:
 * the suspect is compared with its parent by fresh boots, and where commits that cannot be
 * tested stand in between, the bad side of them with the good one. When the boots do not show
 * the change, the answers of both are void and the search goes on; after BISECT_RETRIES of that
 * the answer is a range.
 */

#define BISECT_AT_ONCE	  3 /* candidates measured in one go, at most */
#define BISECT_WEAK_LIMIT 3 /* so many weak answers, and the effect is too small */
#define BISECT_RETRIES	  2

enum bisect_proof {
	BISECT_UNTRIED,
	BISECT_HOLDS,
	BISECT_FAILS,
	BISECT_CANNOT, /* cannot be tried: the revert does not apply, the control is not asked
			  for */
};

/* One commit of the chain. */
struct bisect_candidate {
	enum bisect_word word;
	enum bisect_proof proof; /* of it against the one at proof_low, or its own parent */
	size_t proof_low;	 /* its own parent: the index before its own */
	int parents;		 /* 2 and more: a merge */
	bool in_paths;		 /* it touches the paths; true when there are none */
	bool gap; /* between the candidate before and this one lie commits that are left out */
};

/* Minutes, or any other unit. */
struct bisect_costs {
	double build;
	double boot;	/* of a candidate, in all that one takes */
	double session; /* of a step, however many candidates it has: the wait for the host */
};

struct bisect_facts {
	const struct bisect_candidate *chain; /* oldest first: the good end, ..., the bad end */
	size_t count;			      /* 2 at least */
	int side; /* the chain is that of this parent of the bad end, a merge; 0: first parents
		   */
	enum bisect_proof ends;	   /* HOLDS: the ends differ */
	int retries;		   /* proofs that failed */
	enum bisect_proof rebuilt; /* the suspect's parent equals itself; CANNOT: not needed */
	enum bisect_proof
		aligned; /* the proof, with functions aligned; CANNOT: not asked for */
	enum bisect_proof revert;
	struct bisect_costs costs;
};

/* Why the answer is a range. */
enum bisect_why {
	BISECT_WHY_NONE,
	BISECT_WHY_ENDS,       /* the ends cannot be told apart */
	BISECT_WHY_SKIP,       /* commits that do not build or boot stand in between */
	BISECT_WHY_WEAK,       /* ... whose boots could not tell */
	BISECT_WHY_FORK,       /* where the merged branch began the change is there already */
	BISECT_WHY_UNPROVED,   /* fresh boots of suspect and parent do not show the change */
	BISECT_WHY_CONTRADICT, /* the answers contradict the proofs again and again */
	BISECT_WHY_REBUILT,    /* the host makes changes where there are none */
	BISECT_WHY_LAYOUT,     /* the change goes away when code is laid out otherwise */
	BISECT_WHY_COUNT
};

const char *bisect_why_phrase(enum bisect_why why); /* goes on after "because " */

struct bisect_deed {
	enum bisect_kind kind; /* unless is_answer */
	bool is_answer;
	enum bisect_why why; /* WHY_NONE: the commit at `high` is proved */
	size_t low, high;    /* indexes; the window, the suspect and its parent, the range */
	size_t at[BISECT_AT_ONCE]; /* test: the candidates */
	size_t count;		   /* of them */
	int parent;		   /* descend: into this one */
};

struct bisect_deed bisect_next(const struct bisect_facts *facts);

/*
 * How many candidates a step should measure: cutting a stretch into k + 1
 * pieces costs one session, k builds and k times the boots, and tells
 * log2(k + 1). Builds that cost as much as boots give 1.
 */
int bisect_width(const struct bisect_costs *costs);

#endif
