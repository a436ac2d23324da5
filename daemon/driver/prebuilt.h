/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRIVER_PREBUILT_H
#define DRIVER_PREBUILT_H

#include "base/err.h"
#include "model/kernel.h"

/*
 * Kernels that others build: a program of the lab's owner is asked first, and
 * hands over what it has. It is called as
 *
 *	HOOK COMMIT FOLDER		for a kernel
 *	HOOK COMMIT FOLDER TEST		for a test, "kvm/dirty_log_perf_test"
 *
 * For a kernel FOLDER holds fragment.config, the configuration that is wanted,
 * and the hook puts image (flat, as in arch/arm64/boot/Image), config (the
 * .config) and manifest (text/manifest.h) there, and modules.tar.gz when the
 * kernel has modules. For a test it puts the program there by its own name.
 * Exit status 0: it is there; PREBUILT_NOT_HERE: build it; any other is an error.
 */
enum { PREBUILT_NOT_HERE = 125 };

/*
 * Asks. test is NULL for a kernel; what the hook says is appended to log_path.
 * 1: it was handed over, 0: the hook does not have it; -EIO with its last words
 * when it failed.
 */
int prebuilt_ask(const char *hook, const char *commit, const char *test, const char *folder,
	const char *log_path, struct err *err);

/*
 * What a folder holds, proved as a kernel of our own building is: the manifest
 * is the commit's, the image is a flat arm64 one and carries release and
 * build-id, the release carries the commit ("-g" and its first 12 digits), and
 * no option of the fragment was lost. -EPROTO when it is not so. Sets release,
 * build_id, toolchain, config_hash and image_hash of *ret, which the caller
 * clears also after a failure.
 */
int prebuilt_prove(const char *folder, const char *commit, const char *fragment,
	struct kernel *ret, struct err *err);

#endif
