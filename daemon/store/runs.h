/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_RUNS_H
#define STORE_RUNS_H

#include "base/failure.h"
#include "io/db.h"
#include "model/host.h"
#include "model/plan.h"

/*
 * A comparison while it is measured: what it is about, how far it is, and the
 * lab sessions it took. Changes of state compare first: -ESTALE when the run is
 * not in the state that the change starts from.
 */

/* Stores a host or a plan once; *ret_id is its row. */
int host_store(struct db *db, const struct host_spec *spec, int64_t *ret_id, struct err *err);
int plan_store(struct db *db, const struct plan *plan, const char *text, int64_t *ret_id,
	struct err *err);

/* What a comparison is about; a row is one run of it. */
struct run {
	int64_t id;
	int64_t host_id, plan_id, base_commit, new_commit;
	int64_t test_id; /* 0 until the test binary is pinned */
	char recipe[13];
	char *branch;	  /* or NULL */
	int boots_wanted; /* a side */
	bool confirm; /* boots are asked for look by look; else their number is fixed before */
	const char *kind;  /* "screen", "aa", "control"; NULL: as `confirm` says. Borrowed */
	int64_t screen_id; /* the screen that asked for this confirm, or 0 */
	bool done;
	bool failed;
};

void run_clear(struct run *run);

/*
 * The newest run of the same host, plan, commits, recipe and kind, asked for by
 * the same screen if any: 1 and id, test_id, boots_wanted, done and failed filled in; 0 when
 * there is none.
 */
int run_find(struct db *db, struct run *run, struct err *err);
int run_start(struct db *db, struct run *run, int64_t now_unix_ms, struct err *err);

/* The run of that row: 1, or 0 when there is none. The caller clears it. */
int run_load(struct db *db, int64_t id, struct run *ret, struct err *err);
int run_pin_test(struct db *db, struct run *run, int64_t test_id, struct err *err);

/* More boots are wanted of a run, finished or not: it goes on. */
int run_extend(
	struct db *db, struct run *run, int boots_wanted, int64_t now_unix_ms, struct err *err);

/* Ends a run: with FAILURE_NONE it is done, else failed with a sentence. */
int run_end(struct db *db, struct run *run, enum failure failure, enum symptom symptom,
	const char *reason, int64_t now_unix_ms, struct err *err);

int session_start(
	struct db *db, int64_t run_id, int64_t now_unix_ms, int64_t *ret_id, struct err *err);

/* The lab session of a run that has not ended: 1 and *ret_id, or 0. */
int session_find_open(struct db *db, int64_t run_id, int64_t *ret_id, struct err *err);
int session_end(struct db *db, int64_t session_id, int64_t now_unix_ms, struct err *err);

#endif
