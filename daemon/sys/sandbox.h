/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/err.h"
#include "string/strv.h"

/*
 * Where third party code runs, the makefiles of a kernel: a user, mount, network
 * and process name space of its own. It has no network, not even to itself, and
 * no capability; it can write to the folders it is given and nowhere else; the
 * folders that are hidden, homes, and what lies in /tmp and /run it does not see,
 * nor any process but its own, which all end with it. It keeps our user id, but
 * nothing of what that owns is within reach.
 */
struct sandbox {
	struct strv writable; /* absolute */
	struct strv hidden;   /* absolute; what is writable stays visible within */
};

void sandbox_clear(struct sandbox *sandbox);

/*
 * For proc_spec.enter: called in the new process, before it becomes the program.
 * Returns in the process that will, 0 or a negative errno; the one that it was
 * called in stays behind, and ends like the program does.
 */
int sandbox_enter(void *sandbox);

/* Tries whether this machine lets us: 0, or what was refused. */
int sandbox_try(struct sandbox *sandbox, struct err *err);

#endif
