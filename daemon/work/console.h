/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_CONSOLE_H
#define WORK_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "sys/progress.h"

/*
 * The terminal of a command that takes long: its progress on out, with the programs that
 * it runs when verbose. The progress must stay where it is until console_end().
 */
void console_begin(struct progress *progress, FILE *out, bool verbose);

/*
 * Takes the live line away, tells on stderr what ended the command (-EINTR: that it goes
 * on from here, too), and returns its exit status: r as it is when
 * not negative, 130 when interrupted, else 1.
 */
int console_end(struct progress *progress, const char *command, int r, const struct err *err);

#endif
