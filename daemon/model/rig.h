/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MODEL_RIG_H
#define MODEL_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct host_spec;
struct rig;

enum power_deed {
	POWER_OFF,
	POWER_ON, /* it must be off; firmware starts golden */
	POWER_CYCLE,
};

/*
 * What a kind of host must be able to do: one table a file of driver/. Whoever
 * works with a machine (lab/host.c) knows nothing else of it.
 */
struct driver {
	/*
	 * The byte stream to the runner is a property of the rig, not of the
	 * kernel that runs: it goes on from one kernel to the next. Otherwise each
	 * kernel is connected to anew.
	 */
	bool keeps_stream;

	/*
	 * Our own process lives on the machine: it ends with the kernel, and the
	 * one after it goes on (host_resume()).
	 */
	bool ends_with_kernel;

	/*
	 * Takes the rig, for us alone; switches nothing on yet. folder is the
	 * host's own, made when missing; libdir holds the runner, the probe and the
	 * counting plugin. spec is borrowed until release. -EBUSY when another
	 * process holds it.
	 */
	int (*take)(struct rig **ret, const struct host_spec *spec, const char *folder,
		const char *libdir, struct err *err);

	/* Lets go; NULL is fine. An emulated machine is switched off. */
	void (*release)(struct rig *rig);

	/*
	 * One try to get a stream socket to a runner, whichever kernel runs: a
	 * runner is put there when it is missing. *ret_fd is the caller's.
	 * -EAGAIN: the machine cannot be reached now, it may be booting.
	 * Anything else will not go away by waiting (a changed host key).
	 */
	int (*connect)(struct rig *rig, int64_t limit_ms, int *ret_fd, struct err *err);

	/*
	 * Is it on, as far as can be told from outside? 0: nothing says otherwise; 1: it
	 * was reset and is off now; negative: how it failed.
	 */
	int (*check)(struct rig *rig, struct err *err);

	/*
	 * Presses the kernel's emergency key: what is dirty is written, and the machine
	 * resets. 0: it was pressed, as far as can be told. NULL: there is no way.
	 */
	int (*sysrq)(struct rig *rig, struct err *err);

	/* Power by a way of the driver's own; NULL: by the host's power method only. */
	int (*power)(struct rig *rig, enum power_deed deed, struct err *err);
};

/* The common beginning of every driver's own struct; texts belong to the driver. */
struct rig {
	const struct driver *driver;
	const struct host_spec *spec;
	const char *cmdline;   /* of golden, to which a test boot adds; NULL: ask golden */
	const char *console;   /* file that the serial console is appended to, or NULL */
	const char *counts;    /* file of the instruction counter, or NULL */
	const char *initramfs; /* for test kernels, to be put there, or NULL */
	const char *initramfs_hash;
};

#endif
