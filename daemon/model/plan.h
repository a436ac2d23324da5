/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "string/strv.h"

/*
 * One command line of the test: its name in cells ("g-thp"), the memory it
 * shows in tables, and its arguments, without -m and -c, which the trial adds.
 */
struct scenario {
	char *name;
	char *memory; /* "4K pages", "THP", "hugetlb": the column of the reference table */
	struct strv args;
	bool manual_protect; /* derived: no -g among args */
	bool wants_thp;	     /* derived: -s anonymous_thp */
	bool wants_hugetlb;  /* derived: -s ...hugetlb... */
	int iterations;	     /* derived: -i N, default 2 */
	int slots;	     /* derived: -x N, default 1 */
};

/* What is measured and how the machine is prepared for it. Immutable once read. */
struct plan {
	char *name;
	char *test; /* selftest, a path below tools/testing/selftests: "kvm/dirty_log_perf_test"
		     */
	struct scenario *scenarios;
	size_t scenario_count;
	struct strv modes; /* guest modes by their string: "PA-bits:40, VA-bits:48, 4K pages" */
	int boots;	   /* a kernel, at least */
	int processes;	   /* measured, a boot and cell */
	int warmup;	   /* processes a boot and cell before that, not judged */
	int64_t chunk_bytes;	 /* eager-split chunk size; 0 is off */
	int64_t huge_page_bytes; /* default huge page size of the boot; 0: none are reserved */
	int huge_pages;		 /* how many of them */
	char *pin;		 /* -c list, vCPUs then main thread; "" does not pin */
	char *cmdline;		 /* kernel parameters the plan adds; "" for none */
	int process_limit_s;	 /* a test process is killed after this time */
	int boot_limit_s;	 /* from kexec to the runner's hello */
	char *hash;		 /* 12 hex digits over everything above */
};

void plan_clear(struct plan *plan);

/* "40/48/4K" for "PA-bits:40, VA-bits:48, 4K pages"; the text itself when it is not of that
 * form. */
void plan_mode_short(const char *mode, char *ret, size_t size);

#endif
