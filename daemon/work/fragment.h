/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_FRAGMENT_H
#define WORK_FRAGMENT_H

#include "config/settings.h"

/*
 * The text that kernels are configured with (struct kernel_order): of a file, or
 * for NULL and "" of the configured one, else the one that is shipped for
 * emulated hosts. The caller frees *ret.
 *
 * A file whose first line is "# kvmperf-base: running" or "# kvmperf-base: PATH"
 * is laid over a whole configuration: of the kernel that runs here, or of a file
 * (plain or gzip, as /proc/config.gz); without such a line the default one is laid
 * over the configured base. Between the two go the options that every
 * test kernel of a real machine needs (plans/host.config); to ask for the
 * opposite of one is an error.
 *
 * The kernel that runs may be a test kernel of ours, when we measure the machine
 * that we run on: golden's configuration is kept in STATE/running.config. Without
 * a state folder nothing is kept, and what runs here is not looked at: a check of
 * what is asked for.
 */
int fragment_read(const struct settings *settings, const char *state, const char *path,
	char **ret, struct err *err);

#endif
