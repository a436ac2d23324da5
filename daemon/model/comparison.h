/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_COMPARISON_H
#define MODEL_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/*
 * A comparison of two kernels on one host: what the table, the page, the JSON
 * and later the mail are written from. store/ fills in what was measured,
 * rules/ what follows from it; nobody below the pages computes a number again.
 * Everything is owned by struct comparison; comparison_clear() frees it.
 */

enum verdict {
	VERDICT_REGRESSED,    /* flagged, slower */
	VERDICT_IMPROVED,     /* flagged, faster */
	VERDICT_UNCHANGED,    /* shown to be inside the minimum effect */
	VERDICT_INCONCLUSIVE, /* none of the others; `high` says what is excluded */
	VERDICT_FAILED,	      /* a side lacks data */
	VERDICT_COUNT
};

const char *verdict_name(enum verdict verdict); /* "regressed" */
char verdict_glyph(enum verdict verdict); /* '+' '-' '.' '?' 'x', on page, mail and terminal */

/* What sort of evidence a comparison takes. */
enum comparison_kind {
	COMPARISON_FIXED,   /* interleaved boots, their number fixed before */
	COMPARISON_CONFIRM, /* ... look by look */
	COMPARISON_SCREEN,  /* boots of the new kernel against the stored level of its branch */
	COMPARISON_AA,	    /* a confirm of a kernel with itself */
	COMPARISON_CONTROL, /* the negative control */
	COMPARISON_KIND_COUNT
};

const char *comparison_kind_name(enum comparison_kind kind); /* "screen" */
/* COMPARISON_FIXED for a name that nobody knows. */
enum comparison_kind comparison_kind_from_name(const char *name);

enum screen_step {
	SCREEN_COLLECT, /* the baseline is too small: the boots join it, no verdict */
	SCREEN_MEASURE, /* boot what `order` says, then ask again */
	SCREEN_QUIET,	/* no change seen */
	SCREEN_CONFIRM, /* a confirm of the included cells is worth its boots */
};

/* What a screen answers. */
struct screen_answer {
	enum screen_step step;
	char order[16];	 /* "BB", "AA": the sides to boot next; "" unless SCREEN_MEASURE */
	size_t triggers; /* cells at or below trigger_p */
	size_t included; /* cells in the family of the confirm */
};

/* One kernel of the comparison. */
struct comparison_side {
	int64_t commit_id;     /* row in the store */
	int64_t commit_time_s; /* rises along first parents */
	char *oid;	       /* commit, full */
	char *subject;	       /* hostile text */
	char *author;	       /* hostile text */
	char *release;
	char *build_id;
	char *image_hash;
	char *config_hash;
	char *toolchain;
	enum failure failure; /* of the build; FAILURE_NONE: it was built */
	enum symptom symptom;
	char *reason;
	char *log_path; /* build log */
};

/* One boot, in the order of execution. */
struct comparison_boot {
	int64_t id;   /* row in the store */
	int sequence; /* 1.. within the comparison */
	char side;    /* 'A' base, 'B' new */
	int64_t started_unix_ms;
	int64_t ended_unix_ms;
	enum failure failure;
	enum symptom symptom;
	char *reason;
	int session;	  /* lab session number within the comparison */
	size_t processes; /* that counted */
	size_t rejected;  /* processes that did not */
	double control;	  /* the negative control, in its unit; 0: it has none */
	bool stored; /* of another comparison: it is part of the level that a screen compares
			with */
};

/* The values of one side of a cell: one number per boot that has one (statistics: the boot is
 * the sample). */
struct cell_side {
	double *values; /* exp of the boot value, in the metric's unit */
	size_t *boots;	/* index into comparison.boots, same order */
	int *sessions;	/* lab session number of the boot, same order */
	size_t count;
	double mean;	   /* exp of the mean of the logs; 0 when count is 0 */
	double half_width; /* of the side's own 95 % interval, in the unit; 0 when count < 2 */
};

/* One judged (or only shown) cell: scenario x guest mode x metric on this host. */
struct cell {
	size_t scenario; /* index into comparison.scenarios */
	size_t mode;	 /* index into comparison.modes */
	size_t metric;	 /* index into comparison.metrics */
	struct cell_side base, fresh;
	/* filled in by rules/compare */
	enum verdict verdict;
	bool in_family;	      /* was among the judged cells of the family */
	bool noisy_today;     /* today's variance is far above the history's */
	double change;	      /* R - 1; 0 when failed */
	double low, high;     /* 95 % interval of R - 1 */
	double p, p_adjusted; /* two-sided against the minimum effect; Benjamini-Hochberg */
	double mde;	      /* R - 1 that this run would have found in 80 % of the cases */
	double minimum;	      /* minimum effect that applies, as R - 1 */
	double sd, df; /* between boots of one kernel, of logs, as it was judged with; 0: not
			  known */
};

struct comparison_scenario {
	char *name;    /* "g-thp" */
	char *memory;  /* "THP": the column of the reference table */
	char *command; /* as in the plan: "-g -b 16M -s anonymous_thp" */
	bool manual_protect;
};

/* What is measured: "enable", "get", "clear-first", "clear-later", ... */
struct comparison_metric {
	char *name;
	char *unit;  /* "instructions" or "s" */
	char *title; /* "clear dirty log, first pass" */
	bool judged; /* else shown only */
};

/*
 * One entry of the reference table: mean and standard deviation (divisor n-1)
 * of the percent change over the guest modes.
 */
struct reference_entry {
	int scenario_number; /* 1: no manual protect, enable; 2: manual protect, clear */
	char *label;	     /* "enable", "clear, average", "clear, first", "clear, later" */
	char *memory;
	double mean_pct, sd_pct;
	size_t modes;
};

/* The metric that stands for a change, averaged over all its judged cells. */
struct comparison_effect {
	size_t metric;		  /* index into comparison.metrics */
	double change, low, high; /* R - 1 and its 95 % interval */
	size_t cells, flagged;	  /* judged ones of the metric; 0: there is no effect */
};

/*
 * What the comparison says about its own machine, and how often the machine
 * alarmed for nothing up to then. Changes as R - 1.
 */
struct comparison_trust {
	const char *moved; /* what did, so that nothing is judged: a phrase; NULL: nothing */
	bool has_control, has_baseline, has_drift, has_between; /* there was enough to tell */
	double control,
		baseline; /* against their own history: a program without KVM; the base */
	double drift;	  /* of the base kernel within a lab session */
	bool drift_moved; /* it is more than noise */
	double between, between_half; /* the control, new kernel against base; 95 % */
	bool between_moved;	      /* it is more than noise: what differs is not KVM alone */
	int aa_runs, aa_alerts;	      /* kernels compared with themselves */
	double aa_limit; /* upper 95 % limit of the rate of alerts; 1 without runs */
};

struct comparison {
	int64_t id, host_id;
	char *branch; /* or NULL */
	char *host;
	bool emulated;	  /* "instructions executed, emulated host, not time" */
	char *host_facts; /* "key: value" lines of the last good boot, or NULL */
	char *plan;
	char *plan_hash;
	char *cmdline;	   /* kernel command line of the boots */
	char *kvm_mode;	   /* "VHE mode", of the last good boot, or NULL */
	char *test_sha256; /* of the test binary, or NULL */
	char *command;	   /* literal command line of one of its processes, or NULL */
	int64_t chunk_bytes;
	enum comparison_kind kind;
	bool confirm;		     /* boots were asked for look by look */
	int64_t screen_id;	     /* the screen that asked for this confirm; 0: nobody did */
	struct screen_answer screen; /* of a screen */
	size_t level_boots,
		level_sessions; /* of a screen: the fullest cell's stored baseline */
	char *state;		/* "done", "running", "failed" */
	char *reason;		/* why it failed, or NULL */
	int64_t updated_unix_ms;
	struct comparison_side base, fresh;
	struct comparison_boot *boots;
	size_t boot_count;
	struct comparison_scenario *scenarios;
	size_t scenario_count;
	char **modes; /* full strings */
	size_t mode_count;
	char **commands; /* literal, of scenario * mode_count + mode; NULL: all, or not known */
	struct comparison_metric *metrics;
	size_t metric_count;
	struct cell *cells;
	size_t cell_count;
	struct reference_entry *table;
	size_t table_count;
	size_t verdicts[VERDICT_COUNT];	 /* how many judged cells of each */
	bool same_image;		 /* an A/A run: its flags are counted, not told */
	size_t flagged;			 /* cells that are flagged, or would be in an A/A run */
	enum verdict headline;		 /* of the whole */
	struct comparison_effect effect; /* of a regressed or improved headline */
	char *sentence;			 /* the verdict in words, first line of page and mail */
	char *doubted;	/* the sentence, had its machine not moved; NULL: it did not */
	char *evidence; /* how sure and by what, one line; or NULL */
	struct comparison_trust trust;
	char *method; /* the rules and parameters used, a paragraph; or NULL */
};

void comparison_clear(struct comparison *comparison);

#endif
