/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LAB_KERNEL_H
#define LAB_KERNEL_H

#include <stddef.h>

#include "base/err.h"
#include "driver/builder.h"
#include "model/kernel.h"

/*
 * From a commit to a built kernel, and to a built selftest. Both work in one
 * warm build folder, which one process at a time may use (driver/builder.h).
 */
struct kernel_order {
	const char *repo;	     /* path of the git repository */
	const struct commit *commit; /* oid must be set */
	const char *fragment;	     /* configuration: text of the config fragment */
	const char *build_folder;    /* made when missing */
	const char *ccache_folder;   /* NULL: without ccache */
	const char *prebuilt; /* program that is asked first (driver/prebuilt.h); or NULL */
	const char *private_folder; /* what builds must not see, but for the two; or NULL */
	int jobs;		    /* of make; 0: as many as there are processors */
	/* Told once a build runs without a sandbox, and why; may be NULL. */
	void (*on_open)(const char *why, void *data);
	/* As in struct builder_order; may be NULL. */
	void (*on_progress)(const char *what, size_t done, size_t of, void *data);
	void *data;
};

/*
 * Builds the kernel, or gets it from the hook. Image, .config, the log of make
 * and what they are (text/manifest.h) go to KERNELS_FOLDER/<commit>-<config>/ as
 * image, config, build.log, manifest and, when it has any, modules.tar.gz, all at once when
 * they are complete; with 12 and 8 hexadecimal digits, and of a kernel that does not build only
 * config and log. ret->commit_id is the
 * commit's; ret->log_path and ret->toolchain are always set, the others when
 * they are known.
 *
 * Returns 0 when the deed was done, which includes "it does not build"
 * (ret_end says). Negative is our own failure: -EBUSY when another process
 * uses the build folder, -EINTR after a request to stop, no space, no compiler.
 */
int kernel_build(const struct kernel_order *order, const char *kernels_folder,
	struct kernel *ret, struct build_end *ret_end, struct err *err);

/*
 * Builds one selftest ("kvm/dirty_log_perf_test") from the commit's tree and
 * puts it under TESTS_FOLDER/<sha256>/ by its own name; *ret_path and *ret_hash
 * (the caller frees) are set when it is built. order->fragment is not used.
 * Returns like kernel_build(); the log is TESTS_FOLDER/build.log.
 */
int kernel_build_test(const struct kernel_order *order, const char *test,
	const char *tests_folder, char **ret_path, char **ret_hash, struct build_end *ret_end,
	struct err *err);

#endif
