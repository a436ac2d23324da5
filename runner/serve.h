/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_SERVE_H
#define RUNNER_SERVE_H

#include <stdbool.h>

#include "base/err.h"
#include "channel.h"

/*
 * Answers the verbs of text/wire.h until the peer is gone (a persistent
 * channel: for ever). store is the folder for files that are put. Only init,
 * the whole user land of a measured machine, and who is told that it may
 * (may_reboot), kexec and reset: any other runner refuses these two.
 */
int serve(struct channel *channel, const char *store, bool is_init, bool may_reboot,
	struct err *err);

#endif
