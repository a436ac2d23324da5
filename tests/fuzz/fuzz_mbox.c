/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/mimeread.h"
#include "rules/thread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	if (!text)
		abort();
	for (; *text; text++)
		if ((unsigned char)*text < ' ')
			abort();
}

/* Any bytes as a file of mails, and the series that they hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_posting_list struct posting_list list = {0};
	auto_posted struct posted posted = {0};
	struct thread_wish wish = {0};
	struct err err = ERR_INIT;

	if (mime_read("input", (const char *)data, size, &list, &err) < 0) {
		if (!err.text[0] || list.count)
			abort();
		return 0;
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct posting *mail = &list.mails[i];

		check_text(mail->id);
		check_text(mail->reply_to);
		check_text(mail->subject);
		check_text(mail->from_name);
		check_text(mail->from_mail);
		if (mail->body[mail->body_bytes] != '\0')
			abort();
	}
	if (thread_choose(&list, &wish, &posted, &err) < 0) {
		if (!err.text[0] || posted.patches)
			abort();
		return 0;
	}
	if (posted.total < 1 || posted.total > THREAD_PATCHES_MAX)
		abort();
	for (int i = 0; i < posted.total; i++)
		if (posted.patches[i] >= list.count)
			abort();
	return 0;
}
