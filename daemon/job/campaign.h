/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOB_CAMPAIGN_H
#define JOB_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "io/db.h"
#include "model/host.h"
#include "model/kernel.h"
#include "model/plan.h"
#include "sys/progress.h"

/*
 * The main job by hand: two commits, built, booted in turns on one host,
 * measured and stored. What is done already is never done again: a campaign
 * that was stopped goes on where it was.
 */
struct campaign {
	struct db *db;
	const char *state;    /* folder of everything that is kept */
	const char *libdir;   /* runner, probe, plugin */
	const char *repo;     /* path of the git repository */
	const char *branch;   /* for pages; NULL: none */
	const char *fragment; /* text of the kernel configuration fragment */
	const char *prebuilt; /* program that is asked for kernels first, or NULL */
	const char *plan_text;
	const struct plan *plan;
	const struct host_spec *host;
	struct commit *base, *fresh; /* resolved; ids are set here */
	int boots;		     /* a side; with confirm nothing */
	bool confirm;		     /* as many boots as the looks of a confirm ask for */
	bool screen;		     /* the new kernel against the stored level of its branch */
	bool aa;		     /* a kernel with itself: the noise of the host */
	int64_t screen_id;	     /* the screen that asked for this confirm, or 0 */
	bool again;	 /* measure anew what is done already, as a comparison of its own */
	int64_t test_id; /* row of the test binary of a comparison that begins; 0: built from
			    base */
	struct progress *progress;
};

/*
 * Runs it to its end. Returns 0 and the comparison's row when it is done, or
 * when it came to an end that is a result (the kernel does not build, or does
 * not boot): the store then says so. -EINTR after a request to stop. The
 * failures of our own leave the comparison running, to go on with later.
 */
int campaign_run(struct campaign *campaign, int64_t *ret_comparison, struct err *err);

#endif
