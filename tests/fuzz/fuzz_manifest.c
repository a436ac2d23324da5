/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read and written again reads as the same text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_manifest struct manifest manifest = {0}, again = {0};
	auto_free char *text = NULL, *text_again = NULL;
	struct err err = ERR_INIT;

	if (manifest_parse((const char *)data, size, "fuzz", &manifest, &err) < 0) {
		if (!err.text[0] || manifest.commit)
			abort();
		return 0;
	}
	text = manifest_text(&manifest);
	if (manifest_parse(text, strlen(text), "again", &again, &err) < 0)
		abort();
	text_again = manifest_text(&again);
	if (strcmp(text, text_again) != 0)
		abort();
	return 0;
}
