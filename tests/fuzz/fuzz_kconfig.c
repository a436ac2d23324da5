/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/kconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read holds itself, and its identity reads back as the same identity. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_kconfig struct kconfig config = KCONFIG_INIT, again = KCONFIG_INIT;
	auto_free char *sentence = NULL, *identity = NULL, *identity_again = NULL;
	struct err err = ERR_INIT;

	if (kconfig_parse((const char *)data, size, "fuzz", &config, &err) < 0) {
		if (!err.text[0] || config.count)
			abort();
		return 0;
	}
	if (!kconfig_holds(&config, &config, &sentence))
		abort();
	identity = kconfig_identity(&config);
	if (kconfig_parse(identity, strlen(identity), "again", &again, &err) < 0)
		abort();
	identity_again = kconfig_identity(&again);
	if (strcmp(identity, identity_again) != 0)
		abort();
	return 0;
}
