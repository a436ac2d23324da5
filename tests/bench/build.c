/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds one commit as kvmperf does, for the bench of builds:
 *
 *	build REPO COMMIT BUILD_FOLDER CCACHE_FOLDER KERNELS_FOLDER
 *
 * and prints how many seconds that took.
 */
#include <stdio.h>

#include "base/builtin.h"
#include "base/clock.h"
#include "base/stop.h"
#include "lab/kernel.h"

int main(int argc, char **argv)
{
	struct commit commit = {0};
	struct kernel_order order = {.commit = &commit};
	struct build_end end = {FAILURE_NONE, SYMPTOM_NONE, NULL};
	struct kernel kernel = {0};
	struct err err = ERR_INIT;
	int64_t start_ms;
	int r;

	if (argc != 6) {
		fputs("usage: build REPO COMMIT BUILD_FOLDER CCACHE_FOLDER KERNELS_FOLDER\n",
			stderr);
		return 2;
	}
	stop_install();
	order.repo = argv[1];
	snprintf(commit.oid, sizeof(commit.oid), "%s", argv[2]);
	order.build_folder = argv[3];
	order.ccache_folder = argv[4];
	order.fragment = builtin_text("plans/emulated.config");
	start_ms = clock_monotonic_ms(&clock_real);
	r = kernel_build(&order, argv[5], &kernel, &end, &err);
	if (r < 0 || end.failure != FAILURE_NONE)
		fprintf(stderr, "build: %s\n", r < 0 ? err.text : end.reason);
	else
		printf("%.2f\n", 1e-3 * (double)(clock_monotonic_ms(&clock_real) - start_ms));
	kernel_clear(&kernel);
	r = r < 0 || end.failure != FAILURE_NONE;
	build_end_clear(&end);
	return r;
}
