/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUNNER_KEXEC_H
#define RUNNER_KEXEC_H

#include "base/err.h"

/* Loads a flat Image and an initramfs with kexec_file_load(2), ready to be entered. */
int kexec_load(const char *image, const char *initrd, const char *cmdline, struct err *err);

/* Enters the loaded kernel; returns only when that failed. */
int kexec_enter(struct err *err);

/* Resets the machine, so that firmware starts the golden kernel; returns only on failure. */
int kexec_reset(struct err *err);

#endif
