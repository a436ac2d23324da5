/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PHASE_BUILD_H
#define PHASE_BUILD_H

#include "base/err.h"
#include "lab/kernel.h"
#include "store/kernels.h"
#include "sys/progress.h"

/* From a commit to a kernel in the store: built now, or found there. */
struct build_order {
	struct db *db;
	const char *state;    /* folder: builds/, kernels/, tests/, ccache/ */
	const char *repo;     /* path of the git repository */
	const char *fragment; /* text of the kernel configuration fragment */
	const char *recipe;   /* see build_recipe() */
	struct progress *progress;
	const char *prebuilt; /* program that is asked first, or NULL */
};

/*
 * What makes two builds of one commit the same: 12 hex digits over the
 * configuration fragment and the compiler's version. -ENOENT when there is no
 * compiler for arm64 and no hook either, which may have kernels.
 */
int build_recipe(const char *fragment, const char *prebuilt, char ret[13], struct err *err);

/*
 * The kernel of a stored commit (commit->id is set). Returns 0 when it is known
 * how the build goes, well or badly (*ret says); the caller clears *ret. A
 * stored kernel whose image is gone from the disk is built again.
 */
int build_kernel(const struct build_order *order, const struct commit *commit,
	struct kernel_record *ret, struct err *err);

/*
 * The test binary from a commit's tree: the stored one, or built and stored. Returns 0 and the
 * row, or a negative error: a test that does not build ends the run.
 */
int build_test(const struct build_order *order, const struct commit *commit, const char *test,
	int64_t *ret_test_id, struct err *err);

#endif
