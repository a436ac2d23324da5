/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_WATCH_H
#define PHASE_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "io/db.h"
#include "sys/progress.h"

/* Looking at repositories and asking for tests of what is new there. */
struct watch {
	struct db *db;
	const char *state; /* folder */
	const struct settings *settings;
	struct progress *progress; /* or NULL */
	int64_t now_unix_ms;
	uint64_t seed; /* of the chance in the time of the next look */
};

struct watch_report {
	size_t refs;  /* that are watched */
	size_t moved; /* new ones among them */
	size_t gone;
	size_t jobs;
	size_t left_out; /* commits beyond the cap */
};

/*
 * Fetches a repository into its mirror, looks at all refs of all [branch]
 * sections that name it, and adds a job for each commit that is to be tested.
 * Commits, jobs, tips and the time of the next look change in one transaction
 * after the fetch: whatever interrupts it, a repetition adds no job twice.
 *
 * A fetch that fails is stored with the time of the next try, everything else
 * stays as it was; its error is returned. -EINTR stores nothing.
 */
int watch_repository(const struct watch *watch, const char *repository,
	struct watch_report *ret, struct err *err);

/*
 * The repository of the settings whose next look is due first; *ret_unix_ms
 * says when, 0 for at once. 1 and *ret (borrowed from the settings), or 0 when
 * nothing is watched.
 */
int watch_next(
	const struct watch *watch, const char **ret, int64_t *ret_unix_ms, struct err *err);

#endif
