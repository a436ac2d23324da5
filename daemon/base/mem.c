/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *must_have(void *p)
{
	if (!p) {
		fputs("kvmperf: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *mem_new(size_t count, size_t size_bytes)
{
	return must_have(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *mem_grow(void *old, size_t count, size_t size_bytes)
{
	return must_have(reallocarray(old, count ? count : 1, size_bytes ? size_bytes : 1));
}

char *mem_strdup(const char *text)
{
	return text ? must_have(strdup(text)) : NULL;
}

char *mem_strndup(const char *text, size_t max_bytes)
{
	return text ? must_have(strndup(text, max_bytes)) : NULL;
}

char *mem_printf(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return must_have(text);
}

void *mem_copy(const void *from, size_t size_bytes)
{
	char *copy = must_have(malloc(size_bytes + 1));

	if (size_bytes)
		memcpy(copy, from, size_bytes);
	copy[size_bytes] = '\0';
	return copy;
}

void mem_free_ptr(void *pointer_to_pointer)
{
	void **p = pointer_to_pointer;

	free(*p);
	*p = NULL;
}

void mem_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
