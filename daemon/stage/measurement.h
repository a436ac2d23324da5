/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STAGE_MEASUREMENT_H
#define STAGE_MEASUREMENT_H

#include <stdint.h>

#include "base/err.h"
#include "config/settings.h"
#include "lab/host.h"
#include "phase/trial.h"
#include "store/kernels.h"
#include "store/runs.h"
#include "sys/progress.h"
#include "work/trust.h"

/*
 * A comparison as it is measured: two commits, built, booted in turns on one
 * host. Here are the deeds; two walk over them: job/campaign.c by hand, in one
 * process, and job/phases.c for the service, one process a phase. What is done
 * already is in the store and is not done again.
 */
struct measurement {
	/* Given; borrowed. */
	struct db *db;
	const char *state;    /* folder of everything that is kept */
	const char *libdir;   /* runner, probe, plugin */
	const char *repo;     /* path of the git repository */
	const char *fragment; /* text of the kernel configuration fragment */
	const char *prebuilt; /* program that is asked for kernels first, or NULL */
	const struct plan *plan;
	const struct host_spec *spec;
	const struct settings *settings; /* who is told of a host that fails; NULL: nobody */
	struct commit *commits[2];	 /* base, new; stored */
	struct progress *progress;
	/* As in struct trial_order. */
	int (*before)(enum trial_deed deed, int64_t boot_id, void *data, struct err *err);
	void *data;

	/* What it has come to; run is filled in by the walker. */
	struct run run;
	struct kernel_record kernels[2];
	int64_t test_id;
	char *test_path;
	char *golden; /* path of the golden kernel, when the host has none of its own */
	struct host_spec host_spec; /* the host with its golden kernel; borrows */
	struct host *host;	    /* in our hands, or NULL */
	int64_t session_id;
	struct trust_check trust; /* after the last boot of interleaved ones */
	struct {
		int good, bad;
	} boots[2]; /* by side: A, B */
};

/* Lets the host go and frees what it has come to. */
void measurement_clear(struct measurement *measurement);

/* Why it ended without a comparison, which is a result too. */
struct measurement_fault {
	enum failure failure; /* FAILURE_NONE: there is none */
	enum symptom symptom;
	char *reason; /* owned */
};

void measurement_fault_clear(struct measurement_fault *fault);

/* Both kernels and the test binary, built or found. */
int measurement_build(
	struct measurement *measurement, struct measurement_fault *ret, struct err *err);

/* The kernels that were built before; -ENOENT when one is not there any more. */
int measurement_find_kernels(struct measurement *measurement, struct err *err);

/*
 * Pins the run to the test binary that was built from the base commit, or finds
 * the one that it is pinned to; -ENOENT when that is gone.
 */
int measurement_pin_test(struct measurement *measurement, struct err *err);

/*
 * Takes the host, which is on golden then. A host without a golden kernel of
 * its own keeps the first base kernel that was built for it. With settings a host
 * that fails here or in a boot is remembered, and put into quarantine when it
 * fails too often (notice/quarantine.h).
 */
int measurement_take_host(struct measurement *measurement, struct err *err);

/* Counts the boots in the store; those that were left running are lost. */
int measurement_count(struct measurement *measurement, struct err *err);

/*
 * The side of the next boot, 'A' or 'B'; 0 when there are enough. Evidence that
 * is not enough asks for more boots here. With 0 a screen's answer is stored,
 * what the others flag is kept out of the level (work/screen.h), and ->trust
 * says whether the host is to be quarantined.
 */
int measurement_next(struct measurement *measurement, char *ret_side, struct err *err);

/* One boot in the session; *ret as by trial_run(). */
int measurement_boot(
	struct measurement *measurement, char side, struct trial_end *ret, struct err *err);

/*
 * On the machine that we run on: goes on with the boot that ended the process before
 * us, which had come to `deed` with it. 1 when there is nothing to go on with.
 */
int measurement_resume(struct measurement *measurement, int64_t boot_id, enum trial_deed deed,
	struct err *err);

/* After the last boot: is it hopeless? */
int measurement_weigh(
	struct measurement *measurement, struct measurement_fault *ret, struct err *err);

#endif
