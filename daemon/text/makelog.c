/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/makelog.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

enum { LINES_TOLD = 3, LINE_MAX_BYTES = 200 };

static bool contains(const char *line, size_t length, const char *what)
{
	return memmem(line, length, what, strlen(what)) != NULL;
}

/* The kinds of telling lines, the most telling first. */
static bool is_compiler(const char *line, size_t length)
{
	return contains(line, length, ": error: ") || contains(line, length, ": fatal error: ");
}

static bool is_linker(const char *line, size_t length)
{
	return contains(line, length, "undefined reference to") ||
	       contains(line, length, "multiple definition of");
}

static bool is_make(const char *line, size_t length)
{
	return contains(line, length, "*** ");
}

static bool is_text(const char *line, size_t length)
{
	return line[0] != '\0' && length > 0;
}

/* Bytes of "SOURCE/" at the start of a line; ccache writes it as "../NAME/". */
static size_t source_prefix(const char *line, size_t length, const char *source)
{
	const char *slash = strrchr(source, '/'), *name = slash ? slash + 1 : source;
	size_t n = strlen(source), up = 0;

	if (n && length > n && !memcmp(line, source, n) && line[n] == '/')
		return n + 1;
	while (length - up > 3 && !memcmp(line + up, "../", 3))
		up += 3;
	n = strlen(name);
	if (up && n && length - up > n && !memcmp(line + up, name, n) && line[up + n] == '/')
		return up + n + 1;
	return 0;
}

static void add_line(struct str *reason, const char *line, size_t length, const char *source)
{
	size_t from, prefix = source_prefix(line, length, source);

	line += prefix;
	length -= prefix;
	if (reason->length)
		str_add(reason, "; ");
	from = reason->length;
	str_add_bytes(reason, line, length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES);
	for (size_t i = from; i < reason->length; i++)
		if ((unsigned char)reason->text[i] < ' ' || reason->text[i] == 0x7f)
			reason->text[i] = ' ';
}

/* Adds the first lines of one kind; with `last` only the last one. */
static void collect(struct str *reason, const char *log, size_t size_bytes, const char *source,
	bool (*is_kind)(const char *, size_t), bool last)
{
	size_t told = 0;

	for (size_t at = 0; at < size_bytes && told < LINES_TOLD;) {
		const char *end = memchr(log + at, '\n', size_bytes - at);
		size_t length = end ? (size_t)(end - log) - at : size_bytes - at;

		if (length && is_kind(log + at, length)) {
			if (last)
				str_reset(reason);
			else
				told++;
			add_line(reason, log + at, length, source);
		}
		at += length + 1;
	}
}

char *makelog_reason(const char *log, size_t size_bytes, const char *source)
{
	struct str reason = STR_INIT;

	collect(&reason, log, size_bytes, source, is_compiler, false);
	if (!reason.length)
		collect(&reason, log, size_bytes, source, is_linker, false);
	if (!reason.length)
		collect(&reason, log, size_bytes, source, is_make, false);
	if (!reason.length)
		collect(&reason, log, size_bytes, source, is_text, true);
	if (!reason.length)
		str_add(&reason, "make said nothing");
	return str_take(&reason);
}

const char *makelog_shortage(const char *log, size_t size_bytes, int *ret_errno)
{
	if (contains(log, size_bytes, "No space left on device")) {
		*ret_errno = -ENOSPC;
		return "the disk is full";
	}
	if (contains(log, size_bytes, "Killed signal terminated program")) {
		*ret_errno = -ENOMEM;
		return "the compiler was killed, memory is short";
	}
	return NULL;
}
