/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/subject.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_copy(data, size);
	auto_subject struct subject subject = {0};

	subject_parse(text, &subject);
	if (subject.version < 1 || subject.number < 0)
		abort();
	if (subject.total ? subject.number > subject.total : subject.number != 1)
		abort();
	if (subject.patch && (subject.reply || !subject.title[0]))
		abort();
	for (const char *at = subject.title; *at; at++)
		if ((unsigned char)*at < ' ')
			abort();
	return 0;
}
