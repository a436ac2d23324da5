/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_TRIAL_H
#define PHASE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "io/db.h"
#include "lab/host.h"
#include "store/departures.h"
#include "sys/progress.h"

/*
 * One boot from golden to golden: enters the kernel, proves it, prepares the
 * machine, runs every process of the plan, stores each with its values as it
 * ends, and brings the host back.
 */
enum trial_deed {
	TRIAL_BOOT,    /* the boot has its row, nothing was done yet */
	TRIAL_MEASURE, /* the kernel under test runs and is proved */
	TRIAL_RESTORE, /* the host is to go back to golden */
	TRIAL_END,     /* it is back; in the transaction that ends the boot */
};

struct trial_order {
	struct db *db;
	struct host *host;
	const struct kernel *kernel;
	const struct plan *plan;
	const char *test_path; /* the pinned test binary */
	int64_t run_id, session_id;
	char side;	   /* 'A' or 'B' */
	bool ends_us;	   /* host_ends_us() */
	const char *title; /* "boot 3 of 6 (B 1a2b3c4d5e6f)" */
	struct progress *progress;
	/* Told before each deed, so that who keeps a job's state commits it first. NULL:
	 * nobody. */
	int (*before)(enum trial_deed deed, int64_t boot_id, void *data, struct err *err);
	void *data;
};

/* How the boot ended, as it was stored. */
struct trial_end {
	enum failure failure; /* FAILURE_NONE: it counts */
	enum symptom symptom;
	char *reason; /* owned */
	size_t processes, rejected;
};

/*
 * Returns 0 when the boot came to its end, good or bad (*ret says; the caller
 * frees reason), and the host is back on golden. Negative: we failed (the
 * store, a stop, a host that does not come back); the boot then stays
 * "running" and is marked lost by the next start.
 */
int trial_run(const struct trial_order *order, struct trial_end *ret, struct err *err);

/*
 * Goes on with a boot that ended the process which began it (host_ends_us()): deed is
 * where that had come to, and order->host was taken by host_reopen(). Returns like
 * trial_run() (unfinished gives its report away), or 1 when that boot is lost, because golden
 * was never left, somebody stopped us in the middle, or the power went: the host is to be
 * brought to golden then, and a new boot begun.
 */
int trial_resume(const struct trial_order *order, enum trial_deed deed, int64_t boot_id,
	struct unfinished *unfinished, struct trial_end *ret, struct err *err);

#endif
