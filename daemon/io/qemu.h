/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_QEMU_H
#define IO_QEMU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The emulated host's hardware: one qemu-system-aarch64 process. Its firmware
 * is QEMU's direct kernel boot. A reset of the machine ends the process
 * (-no-reboot): a fresh one boots in a quarter of the time that a reset one
 * takes, which drags its old translations along. The process dies with us.
 */
struct qemu;

struct qemu_spec {
	const char *name; /* of the host, for sentences */
	const char *cpu;  /* -cpu */
	int cpus;	  /* -smp */
	int memory_mb;	  /* -m */
	const char *golden_image;
	const char *initramfs;
	const char *cmdline;
	const char *plugin;	  /* the counting plugin, or NULL */
	const char *counts_path;  /* the plugin appends its lines there */
	const char *console_path; /* the serial console is appended there */
	const char *log_path;	  /* what QEMU itself says */
};

/*
 * Switches the machine on. *ret_link_fd (the caller's) is the other end of its
 * virtio port "kvmperf". -ENOENT when QEMU is not installed.
 */
int qemu_start(
	struct qemu **ret, const struct qemu_spec *spec, int *ret_link_fd, struct err *err);

/* Cuts the power; NULL is fine. */
void qemu_stop(struct qemu *qemu);

/*
 * Returns 0 while the machine runs, 1 when it was reset or switched itself off
 * and so is off now, -EIO and a sentence with the last words of QEMU's log when
 * QEMU itself failed.
 */
int qemu_check(struct qemu *qemu, struct err *err);

#endif
