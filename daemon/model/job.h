/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_JOB_H
#define MODEL_JOB_H

#include <stdint.h>

#include "base/failure.h"

/*
 * A job: one question to the lab, from a commit to its page. State says where
 * it is, outcome how it went; rules/course.h has the table of states. All are
 * stored by name.
 */
enum job_kind {
	JOB_SCREEN,  /* boots of the new kernel against the stored baseline of its branch */
	JOB_CONFIRM, /* both kernels in turns, look by look */
	JOB_FIXED,   /* both kernels in turns, a number of boots that is fixed before */
	JOB_AA,	     /* a confirm of a kernel with itself */
	JOB_KIND_COUNT
};

enum job_state {
	JOB_QUEUED,  /* waits for the builder */
	JOB_FETCH,   /* are the commits there? */
	JOB_BUILD,   /* kernels and test binary */
	JOB_READY,   /* waits for a host */
	JOB_BOOT,    /* holds a host; the next boot is entered, or about to be */
	JOB_TRIAL,   /* the kernel under test runs */
	JOB_RESTORE, /* the host goes back to golden */
	JOB_RECORD,  /* the boot's values go into the history */
	JOB_JUDGE,   /* more boots, or is it known? */
	JOB_PUBLISH,
	JOB_ENDED,
	JOB_STATE_COUNT
};

enum job_outcome {
	JOB_OPEN, /* not ended yet */
	JOB_DONE,
	JOB_FAILED, /* failure, symptom and reason say how */
	JOB_CANCELLED,
	JOB_OUTCOME_COUNT
};

/* What somebody asked of a job; the service heeds it at the next border of a phase. */
enum job_wish { JOB_WISH_NONE, JOB_WISH_PAUSE, JOB_WISH_CANCEL, JOB_WISH_COUNT };

/* One row of jobs. Row numbers are 0 where there is none; all text is owned, never NULL but
 * reason. */
struct job {
	int64_t id;
	enum job_kind kind;
	enum job_state state;
	enum job_outcome outcome;
	enum failure failure;
	enum symptom symptom;
	char *reason; /* one sentence for people, or NULL */
	enum job_wish wish;
	int priority;	       /* higher first, then newest commit first */
	int64_t commit_time_s; /* of the new commit; job_add() looks it up */
	char *origin; /* "watch", "hand", "screen", "history", "bisect", "series", "idle" */
	int64_t parent_job;	    /* the one that asked for this one */
	int64_t branch_id;	    /* row of branches */
	char *branch;		    /* as somebody named it, where there is no row; or "" */
	char *repository;	    /* path of the git repository that has the commits */
	int64_t base_commit;	    /* row of commits */
	int64_t new_commit;	    /* row of commits */
	char *kernel;		    /* its id; job_add() does not read it */
	char *plan;		    /* name of a shipped plan, or path of a file */
	char *kernel_config;	    /* path of a configuration fragment; "": the shipped one */
	int boots;		    /* a side; 0: as the plan says */
	char *wanted_host;	    /* a host's name, "tag:NAME"; "": any */
	int64_t host_id;	    /* the one that was chosen, for good */
	int64_t comparison_id;	    /* from the first boot on */
	int64_t boot_row;	    /* the boot at hand, in boot, trial, restore, record */
	int attempts;		    /* of the phase at hand, that failed */
	int64_t not_before_unix_ms; /* back-off */
	int64_t created_unix_ms, updated_unix_ms;
	int64_t change; /* see schema */
};

/* One line of a job's story. */
struct job_step {
	int64_t unix_ms;
	enum job_state state; /* the one that was entered, or was tried again */
	char *text;	      /* hostile */
};

void job_clear(struct job *job);

const char *job_kind_name(enum job_kind kind);		/* "screen" */
const char *job_state_name(enum job_state state);	/* "queued" */
const char *job_outcome_name(enum job_outcome outcome); /* "done"; "" while it is open */
const char *job_wish_name(enum job_wish wish);		/* "pause"; "" for none */

/* Back from a name; the COUNT of its kind for an unknown one. */
enum job_kind job_kind_from_name(const char *name);
enum job_state job_state_from_name(const char *name);
enum job_outcome job_outcome_from_name(const char *name);
enum job_wish job_wish_from_name(const char *name);

#endif
