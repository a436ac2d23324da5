/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "text/lore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted fits a header and a URL, and its URL leads to the same mail. */
static void check(const char *word, const char *archive)
{
	auto_lore struct lore lore = {0}, again = {0};
	struct err err = ERR_INIT;

	if (lore_parse(word, archive, &lore, &err) < 0) {
		if (err.code >= 0 || !err.text[0] || lore.id || lore.thread)
			abort();
		return;
	}
	if (!lore_is_id(lore.id) || strpbrk(lore.id, "<>\r\n\t "))
		abort();
	if (!text_starts(lore.thread, "http") || !text_ends(lore.thread, "/t.mbox.gz"))
		abort();
	if (strchr(word, '\n') || strchr(archive, '\n') || strpbrk(archive, "?#"))
		return;
	if (lore_parse(lore.thread, archive, &again, &err) < 0)
		abort();
}

/* A word, and after a NUL the archive. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *word = mem_strndup((const char *)data, size);
	size_t used = strlen(word) < size ? strlen(word) + 1 : size;
	auto_free char *archive = mem_strndup((const char *)data + used, size - used);

	lore_kind(word);
	check(word, "https://lore.kernel.org/all");
	check(word, archive);
	return 0;
}
