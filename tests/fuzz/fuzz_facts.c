/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is found must be a piece of one line of the text. */
static void check(const char *text, char *found)
{
	if (found && (strchr(found, '\n') || !strstr(text, found)))
		abort();
	free(found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);

	check(text, facts_value(text, "release"));
	check(text, facts_value(text, "/proc/cmdline"));
	check(text, facts_kvm_mode(text));
	check(text, facts_last(text, "Kernel panic"));
	return 0;
}
