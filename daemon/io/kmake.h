/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_KMAKE_H
#define IO_KMAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

/*
 * Drives the kernel's own make for arm64, out of tree. What it runs is third
 * party code: own process group, empty stdin, a time limit, and an environment
 * that is fixed but for PATH and HOME. User, host, version and date of the
 * build are fixed, so that equal source gives equal images.
 */
struct kmake {
	const char *source;   /* folder of the kernel source; only read, see kmake_test() */
	const char *out;      /* folder for what is built, absolute; kept warm between builds */
	const char *ccache;   /* folder of ccache's store; NULL: never use ccache */
	const char *log_path; /* appended to */
	int jobs;	      /* at once; 0: as many as there are processors */
	int64_t limit_ms;     /* for one call; 0: no limit */
	struct sandbox *sandbox; /* that make runs in; NULL: in none */
	/* Called for each step that make tells of ("CC ..."), counted from 1; may be NULL. */
	void (*on_step)(size_t step, void *data);
	void *data;
};

/* Steps of a whole build of the shipped configuration, for progress. */
enum { KMAKE_STEPS_ALL = 1250, KMAKE_STEPS_AGAIN = 45 };

/* The compiler that kmake_* use. */
struct kmake_tools {
	char *cross;	 /* CROSS_COMPILE: "aarch64-linux-gnu-", or "" for the machine's own */
	char *toolchain; /* first line of the compiler's --version */
	bool has_ccache; /* a ccache is on PATH */
};

/* Finds a compiler for arm64; -ENOENT and the package to install when there is none. */
int kmake_find_tools(struct kmake_tools *ret, struct err *err);
void kmake_tools_clear(struct kmake_tools *tools);

/*
 * Each of these runs make once and waits. They return 0 when make ran, however
 * it ended: *ret_end says, and why is in the log. -EINTR after a request to
 * stop; any other negative value is our own failure to run it.
 *
 * kmake_config() makes OUT/.config: everything off but the options of the
 * fragment (a file) and what they need. A file that would not change keeps its
 * time stamp.
 */
int kmake_config(const struct kmake *make, const struct kmake_tools *tools,
	const char *fragment_path, struct proc_end *ret_end, struct err *err);

/*
 * Completes OUT/.config, whose options may be of another version of the kernel:
 * what it does not name gets its default.
 */
int kmake_old_config(const struct kmake *make, const struct kmake_tools *tools,
	struct proc_end *ret_end, struct err *err);

/*
 * Builds all modules, with the image's localversion, and installs them, without
 * debug information, to FOLDER/lib/modules/<release>.
 */
int kmake_modules(const struct kmake *make, const struct kmake_tools *tools,
	const char *localversion, const char *folder, struct proc_end *ret_end,
	struct err *err);

/*
 * Builds OUT/arch/arm64/boot/Image and OUT/vmlinux. localversion is appended
 * to the kernel's release, which OUT/include/config/kernel.release then holds.
 */
int kmake_image(const struct kmake *make, const struct kmake_tools *tools,
	const char *localversion, struct proc_end *ret_end, struct err *err);

/* Exports the kernel's headers for user space to OUT/usr/include. */
int kmake_headers(const struct kmake *make, const struct kmake_tools *tools,
	struct proc_end *ret_end, struct err *err);

/*
 * Builds one selftest against these headers. test is its path below
 * tools/testing/selftests: "kvm/dirty_log_perf_test". The program is
 * OUTPUT/dirty_log_perf_test; output is an absolute folder. Old kernels leave
 * generated headers in the source folder, newer ones and these calls do not.
 */
int kmake_test(const struct kmake *make, const struct kmake_tools *tools, const char *test,
	const char *output, struct proc_end *ret_end, struct err *err);

#endif
