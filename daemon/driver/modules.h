/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_MODULES_H
#define DRIVER_MODULES_H

#include "base/err.h"
#include "io/link.h"
#include "model/kernel.h"

/*
 * The modules of a test kernel on the machine that is to boot it. They lie in a
 * private folder there, and only a link in /lib/modules leads to them; the
 * initramfs is made by the machine's own tool (initramfs-tools, else dracut), which
 * knows what its disks need. What is there already is used again; what was
 * not used for 30 days is removed.
 */
struct modules_place {
	const char *folder; /* private, absolute, made when missing; holds modules/ */
	const char *links;  /* "/lib/modules" */
	const char *boot;   /* "/boot"; the tools look for the configuration there */
	const char *path;   /* PATH of the programs there */
};

extern const char modules_path[]; /* the usual PATH of root */

/*
 * Installs the modules that lie beside the kernel's image and returns the path
 * of the initramfs there; the caller frees. NULL when the kernel has none: what
 * it needs is built in. -EREMOTEIO when a program there fails, with its words;
 * else like link_run().
 */
int modules_install(struct link *link, const struct kernel *kernel,
	const struct modules_place *place, char **ret_initramfs, struct err *err);

#endif
