/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_EMULATED_H
#define DRIVER_EMULATED_H

#include "base/err.h"
#include "model/host.h"

/*
 * The driver of emulated hosts: power, console and byte stream of a machine
 * that is a QEMU process, with our runner as its whole user land. A machine
 * that resets is off afterwards (QEMU ends): power on starts golden again, as
 * firmware would, without the translations of the kernel before.
 */
struct emulated;

/*
 * Takes the host: makes its folder and the initramfs in it, switches nothing
 * on yet. spec is borrowed. -EBUSY when another process holds the folder.
 */
int emulated_take(struct emulated **ret, const struct host_spec *spec, const char *folder,
	const char *libdir, struct err *err);

/* Switches off and lets go; NULL is fine. */
void emulated_release(struct emulated *machine);

/* The parameters golden boots with; a test kernel gets the same, and more. */
const char *emulated_cmdline(const struct emulated *machine);

/* Starts golden; *ret_fd (the caller's) is the stream to its runner. It must be off. */
int emulated_power_on(struct emulated *machine, int *ret_fd, struct err *err);
void emulated_power_off(struct emulated *machine);

/* 0 while the machine runs, 1 when it was reset and is off now, -EIO: how QEMU failed. */
int emulated_check(struct emulated *machine, struct err *err);

/*
 * Files: the serial console and the instruction counter's lines, which start
 * empty when the host is taken and are appended to from then on; the initramfs
 * for test kernels, and its SHA-256.
 */
const char *emulated_console(const struct emulated *machine);
const char *emulated_counts(const struct emulated *machine);
const char *emulated_initramfs(const struct emulated *machine);
const char *emulated_initramfs_hash(const struct emulated *machine);

#endif
