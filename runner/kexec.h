/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_KEXEC_H
#define RUNNER_KEXEC_H

#include "base/err.h"

/*
 * Loads a flat Image with kexec_file_load(2), ready to be entered, and an
 * initramfs, unless its path is "".
 */
int kexec_load(const char *image, const char *initrd, const char *cmdline, struct err *err);

/* Forgets the kernel that was loaded. */
int kexec_unload(struct err *err);

/*
 * Enters the loaded kernel, or resets the machine: beside a systemd by asking it,
 * so that services stop in their order (0: it will happen), else at once, which
 * returns only when it failed.
 */
int kexec_enter(struct err *err);

/* The same for a reset, by which firmware starts the golden kernel. */
int kexec_reset(struct err *err);

/*
 * Resets without the help of any service: tells which tasks are blocked, writes what
 * is dirty, and resets, all by /proc/sysrq-trigger.
 */
int kexec_sysrq(struct err *err);

#endif
