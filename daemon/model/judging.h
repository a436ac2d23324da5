/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_JUDGING_H
#define MODEL_JUDGING_H

#include <stdbool.h>
#include <stddef.h>

/* The settings of the judging engine, and a variance as its floors hand it on. */

#define JUDGING_LOOKS 3 /* planned looks of a confirm, at most */

/*
 * Every threshold of the engine. Immutable once filled in; start from
 * judging_defaults(). The family of a comparison uses one set of them.
 */
struct judging {
	double minimum_effect;	     /* as R - 1: 0.02 is 2 % */
	double minimum_s;	     /* absolute minimum effect of metrics in seconds */
	double minimum_instructions; /* ... of metrics in instructions */
	double fdr;		     /* q of Benjamini-Hochberg */
	bool strict;		     /* Benjamini-Yekutieli: holds under any dependence */
	double history_df_cap;	     /* degrees of freedom that history may lend */
	double history_df_least;     /* with fewer: cold start from the metric's cells */
	size_t cold_start_cells;     /* a metric with fewer cells lends nothing */
	double guard_p;	       /* today against history, F test: below it is noisy today */
	double sd_floor;       /* of logs */
	int screen_boots;      /* of the new kernel, before the first decision */
	int screen_boots_most; /* with those that a suspicion asks for */
	int screen_base_boots; /* of the base kernel in the same lab session, when it matters */
	bool screen_borrows;   /* the screen borrows over cells, see rules/screen.h */
	double suspect_p;      /* screen: a cell at or below it is worth another boot */
	double trigger_p;      /* screen: a cell at or below it starts a confirm */
	double certain_p;      /* ... even without today's base boots */
	double include_p;      /* screen: cells at or below it are the confirm's family */
	double include_share; /* ... or all cells of a metric of which this share is included */
	double common_p;      /* screen: at or below it all cells of a boot have moved */
	size_t baseline_boots, baseline_sessions; /* a baseline needs at least */
	size_t baseline_most;			  /* and takes at most, in boots */
	int baseline_days;			  /* none older than this */
	int history_kernels;			  /* variances of so many kernels are pooled */
	int looks;				  /* of a confirm, at most JUDGING_LOOKS */
	int look_boots[JUDGING_LOOKS];		  /* a side, in all */
	double look_weight[JUDGING_LOOKS];	  /* sums to 1 */
	double continue_factor; /* look again while an undecided |d| exceeds it times delta */
	double host_check_p;	/* control and baseline moved: below it and beyond the effect */
};

struct judging judging_defaults(void);

/*
 * The plain rule that the default replaced: three boots against the stored
 * baseline, nothing borrowed, looks after 4+4 and 8+8 boots. `kvmperf
 * simulate --rule plain` shows what the default gains on it.
 */
struct judging judging_plain(void);

/* The absolute minimum effect and the resolution of a unit: "s", "instructions"; else 0. */
double judging_minimum_abs(const struct judging *judging, const char *unit);
double judging_resolution(const char *unit);

/* A variance with its degrees of freedom; df 0 is "not known". */
struct spread {
	double variance;
	double df;
};

/*
 * One cell: the boot values (natural logs, finite) of both kernels in order of
 * measurement. Session numbers never fall; NULL means one lab session for all.
 * Boot numbers are equal in the cells of one boot; NULL: not known. Pointers
 * are borrowed.
 */
struct sample {
	const double *base, *fresh;
	const int *base_sessions, *fresh_sessions;
	const size_t *base_boots, *fresh_boots;
	size_t base_count, fresh_count;
	size_t metric;	       /* cells of the same number lend each other variance */
	double minimum_abs;    /* absolute minimum effect, in the metric's unit */
	double resolution;     /* of a value, in the metric's unit; 0: fine enough */
	struct spread history; /* within kernel and lab session; df 0: none */
	bool in_family;	       /* may be flagged */
	double p_before;       /* always-valid p of the looks before; 1 at the first */
};

#endif
