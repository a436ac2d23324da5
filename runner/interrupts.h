/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_INTERRUPTS_H
#define RUNNER_INTERRUPTS_H

#include "base/err.h"
#include "string/str.h"
#include "undo.h"

/*
 * Keeps interrupts away from the CPUs of the test (pin: "2,3", "" for none): those
 * that there are, and new ones, go to the first CPU that is online and not among them,
 * or to the first of all where every one is. The kernel has some of its own where
 * they are (a timer's, those of a queue per CPU): they stay, and are counted. An
 * irqbalance that runs would move them back: it is stopped, and goes on when it is
 * put back.
 */
int interrupts_move(const char *pin, struct undo *undo, struct str *ret, struct err *err);

#endif
