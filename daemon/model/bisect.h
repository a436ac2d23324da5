/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_BISECT_H
#define MODEL_BISECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The search for the commit that made a kernel slower or faster: what is
 * searched, every step, and the answer. Plain data, owned by struct bisect;
 * subjects and reasons are hostile.
 */

/* What a candidate answered, in the words of kci-bisect. */
enum bisect_word {
	BISECT_UNTESTED, /* "" */
	BISECT_GOOD,	 /* it does not have the change */
	BISECT_BAD,	 /* it has it */
	BISECT_SKIP,	 /* it does not build or boot */
	BISECT_WEAK,	 /* its boots could not tell */
	BISECT_WORD_COUNT
};

/* What a step was for. */
enum bisect_kind {
	BISECT_ENDS,	/* the good end against the bad end, fresh: is there a change? */
	BISECT_TEST,	/* the good end against a candidate */
	BISECT_DESCEND, /* into a merge: the commits of one of its parents are the chain now */
	BISECT_WIDEN,	/* from the paths to all commits of a stretch */
	BISECT_PROOF,	/* the suspect against its parent, fresh */
	BISECT_REBUILT, /* layout control: the suspect's parent with itself, built anew */
	BISECT_ALIGNED, /* layout control: the proof again with functions aligned to 64 bytes */
	BISECT_REVERT,	/* the bad end against the bad end with the suspect reverted */
	BISECT_KIND_COUNT
};

/* A commit as a bisect tells of it. */
struct bisect_commit {
	int64_t id; /* row */
	char oid[65];
	char *subject;
};

/* One step. It is in the store before its work begins. */
struct bisect_step {
	int64_t id;
	int number; /* 1.. within the bisect */
	enum bisect_kind kind;
	struct bisect_commit base,
		commit;	       /* what commit was compared with; widen: the stretch */
	int parent;	       /* descend: into which one, from 2 */
	int64_t comparison_id; /* 0: none, yet or at all */
	int64_t job_id;	       /* 0: by hand */
	int tries;	       /* that the host or the link spoiled */
	int boots_wanted;      /* open test: a side, in all; not stored */
	bool done;
	enum bisect_word word; /* test: its answer; ends, proofs: BAD when they show the change,
				  GOOD when not, SKIP when they could not be made */
	char same_oid[65];     /* its image is that of this commit, which had answered; or "" */
	int builds, boots;     /* that this step took */
	double evidence;       /* test: sum of the sequential test, sure beyond +-4.6 */
	double change;	       /* of the chosen cell, as R - 1 */
	char *reason;	       /* one sentence, or NULL */
	int64_t begun_unix_ms, ended_unix_ms;
};

struct bisect {
	int64_t id;
	int64_t event_id;    /* 0: by hand */
	char *repository;    /* path */
	char *host;	     /* name */
	char *plan;	     /* name of a shipped plan, or path of a file */
	char *kernel_config; /* path of a configuration fragment; "": the shipped one */
	char recipe[13];
	struct bisect_commit good, bad;
	char *paths;	/* pathspecs, blank between; "": all commits */
	bool queued;	/* the service does the steps */
	bool aligned;	/* on hardware: the proof is repeated with functions aligned to 64 bytes
			 */
	char *state;	/* "running", "done", "cancelled" */
	char *scenario; /* the chosen cell: it, and the rest, NULL until the ends differ */
	char *mode, *metric, *unit;
	double d, sd, df;	     /* its change as log, and between boots of one kernel */
	char *answer;		     /* "", "commit", "range" */
	struct bisect_commit low;    /* the change came after this one, */
	struct bisect_commit high;   /* up to this one: it, when the answer is a commit */
	struct bisect_commit revert; /* of it on the bad end; id 0: not made */
	char *reason;		     /* why a range; what the proof of a commit consists of */
	int64_t created_unix_ms, updated_unix_ms;
	struct bisect_step *steps;
	size_t step_count;
};

const char *bisect_word_name(enum bisect_word word); /* "good"; "" for untested */
const char *bisect_kind_name(enum bisect_kind kind); /* "ends", "test", "descend", ... */

/* The value of a stored name; the first of the enum when there is none. */
enum bisect_word bisect_word_of(const char *name);
enum bisect_kind bisect_kind_of(const char *name);

/* What all steps took. */
int bisect_builds(const struct bisect *bisect);
int bisect_boots(const struct bisect *bisect);

void bisect_step_clear(struct bisect_step *step);
void bisect_clear(struct bisect *bisect);

#endif
