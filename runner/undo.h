/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_UNDO_H
#define RUNNER_UNDO_H

#include <stdbool.h>

#include "base/err.h"
#include "string/str.h"

/*
 * What was changed on this machine, so that it can be put back, whatever ends us:
 * an old value is in a file before the new one is written. The file is locked
 * while its writer lives; what a killed one left behind is put back by whoever
 * gets the lock next. It names the boot that it is of: a reboot has put
 * everything back already.
 *
 *	kvmperf-prepared 1 BOOT_ID
 *	set PATH VALUE
 *	swap PATH PRIORITY
 *	stop /proc/PID/comm NAME
 *
 * with tabs for the blanks of the last three. A line that is cut was never acted on.
 */
struct undo {
	char *path; /* of that file */
	int fd;	    /* -1: nothing was changed */
};

void undo_init(struct undo *undo, const char *path);

/* Changes stay as they are, for undo_left() of another process. */
void undo_clear(struct undo *undo);

/*
 * Notes an old value; only then may the new one be written. -EBUSY when another
 * process has changed this machine and lives.
 */
int undo_note_value(struct undo *undo, const char *path, const char *old, struct err *err);

/* Notes that a swap area is about to be switched off. */
int undo_note_swap(struct undo *undo, const char *path, int priority, struct err *err);

/* Notes that a process is about to be stopped; path is its comm file, which holds name. */
int undo_note_process(struct undo *undo, const char *path, const char *name, struct err *err);

/*
 * Puts everything back, last change first, reads it back and forgets it. ret gets
 * a "file: old -> new" line for each, and one for each that refuses. Returns
 * how many refused.
 */
int undo_all(struct undo *undo, struct str *ret);

/* The same with what a process that is no more has left; nothing while one lives. */
int undo_left(const char *path, struct str *ret);

/* The value a control file is set to: the bracketed choice of a list, else the line. */
char *undo_read(const char *path);

#endif
