/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/mailbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is good by our own word, and nothing in it can end a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	auto_mailboxes struct mailboxes list = {0};
	const char *wrong = mailboxes_read(&list, text);

	if (wrong && list.count)
		abort();
	for (size_t i = 0; i < list.count; i++)
		if (!mailbox_address_is_good(list.items[i].address) ||
			strpbrk(list.items[i].address, "\r\n <>") ||
			strpbrk(list.items[i].name, "\r\n"))
			abort();
	return 0;
}
