/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_SCREEN_H
#define WORK_SCREEN_H

#include "base/err.h"
#include "io/db.h"
#include "model/comparison.h"

/*
 * The screen in the flow of a job. A comparison of kind 'screen' is judged
 * like every other one, by judge_comparison() of work/judge.h; its answer is
 * then in ->screen:
 *
 *	SCREEN_MEASURE	boot what ->screen.order says ("BB", "B", "AA"; B is the
 *			new kernel, A the base), then judge again
 *	otherwise	screen_close(), and the screen is over:
 *	SCREEN_COLLECT	no verdict yet, its boots join the baseline
 *	SCREEN_QUIET	no change seen, its boots join the baseline
 *	SCREEN_CONFIRM	a confirm is to be measured: a comparison of kind
 *			'confirm', which confirm_begin() ties to the screen, so
 *			that its family is what the screen fixed
 *
 * When a confirm, or a comparison whose boots were fixed before, is done,
 * level_note() keeps its flagged cells from teaching the baseline the new
 * level, until the event that it opened says what to think of it
 * (store/event_changes.h). One that opened none, because somebody asked for it by
 * hand, binds no level: its own boots are left out of the baseline, and what comes
 * later is judged for itself.
 */

/* Stores a screen's answer and the family of its confirm. Once more does no harm. */
int screen_close(
	struct db *db, const struct comparison *judged, int64_t now_unix_ms, struct err *err);

/* Ties a confirm that has no boots yet to the screen that asked for it. */
int confirm_begin(struct db *db, int64_t confirm_id, int64_t screen_id, struct err *err);

/* After a comparison is done. Screens and A/A runs leave no mark. */
int level_note(struct db *db, const struct comparison *judged, struct err *err);

#endif
