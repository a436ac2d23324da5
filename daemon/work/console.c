/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work/console.h"

#include <errno.h>

#include "sys/proc.h"

static void show_command(const char *command, void *data)
{
	progress_command(data, "  %s", command);
}

void console_begin(struct progress *progress, FILE *out, bool verbose)
{
	progress_init(progress, out, verbose);
	if (verbose)
		proc_observe(show_command, progress);
}

int console_end(struct progress *progress, const char *command, int r, const struct err *err)
{
	proc_observe(NULL, NULL);
	progress_clear(progress);
	if (r == -EINTR) {
		fprintf(stderr, "%s: %s; the same command goes on from here\n", command,
			err->text);
		return 130;
	}
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", command, err->text);
		return 1;
	}
	return r;
}
