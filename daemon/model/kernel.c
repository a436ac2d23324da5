/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel.h"

#include <stdlib.h>
#include <string.h>

void commit_clear(struct commit *commit)
{
	free(commit->subject);
	free(commit->author);
	free(commit->people);
	memset(commit, 0, sizeof(*commit));
}

void kernel_clear(struct kernel *kernel)
{
	free(kernel->config_hash);
	free(kernel->toolchain);
	free(kernel->release);
	free(kernel->build_id);
	free(kernel->image_hash);
	free(kernel->image_path);
	free(kernel->log_path);
	memset(kernel, 0, sizeof(*kernel));
}
