/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "text/gitprogress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a log holds, no more is done than there is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct git_progress progress;

	if (git_progress_read((const char *)data, size, &progress) &&
		(progress.done < 0 || progress.done > progress.total))
		abort();
	return 0;
}
