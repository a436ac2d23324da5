/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static void mark_cut(struct err *err)
{
	memcpy(err->text + sizeof(err->text) - 4, "...", 4);
}

/* Control characters of either set, the second as UTF-8: a terminal would obey them. */
static void disarm(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++)
		if (*at < ' ' || *at == 0x7f)
			*at = *at == '\n' || *at == '\t' ? ' ' : '?';
		else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			*at = at[1] = '?';
}

__attribute__((format(printf, 2, 0))) static void set_text(
	struct err *err, const char *format, va_list args)
{
	if (vsnprintf(err->text, sizeof(err->text), format, args) >= (int)sizeof(err->text))
		mark_cut(err);
	disarm(err->text);
}

static void add_text(struct err *err, const char *text)
{
	size_t used = strlen(err->text), room = sizeof(err->text) - used;

	if (snprintf(err->text + used, room, "%s", text) >= (int)room)
		mark_cut(err);
}

int err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return code;
}

int err_sys(struct err *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	add_text(err, ": ");
	add_text(err, strerror(-code));
	return code;
}

int err_note(struct err *err, const char *format, ...)
{
	char old[sizeof(err->text)];
	va_list args;

	if (!err)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	add_text(err, ": ");
	add_text(err, old);
	return err->code;
}

void err_clear(struct err *err)
{
	if (!err)
		return;
	err->code = 0;
	err->text[0] = '\0';
}
