/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/cmdline.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

/* Turns a broken kernel into a reset, which brings golden back. */
#define RESET "panic=10 oops=panic softlockup_panic=1 hung_task_panic=1"

/* Words that are left out: a name, or with a dot at the end all names that begin so. */
static const char *const dropped[] = {"BOOT_IMAGE", "initrd", "kvmperf.", "crashkernel",
	"hugepages", "hugepagesz", "default_hugepagesz", "panic", "oops", "softlockup_panic",
	"hung_task_panic"};

/* Dashes and underscores are one in names of parameters. */
static bool is_name(const char *word, size_t length, const char *name)
{
	size_t n = strlen(name);

	if (length < n || (length > n && name[n - 1] != '.'))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((word[i] == '-' ? '_' : word[i]) != name[i])
			return false;
	return true;
}

static bool is_dropped(const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);
	size_t name_length = equals ? (size_t)(equals - word) : length;

	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
		if (is_name(word, name_length, dropped[i]))
			return true;
	return false;
}

/* To the first blank that is not between quotes, as the kernel counts words. */
static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t n = 0;

	for (; at[n] && (quoted || !strchr(" \t\n", at[n])); n++)
		quoted = quoted != (at[n] == '"');
	return n;
}

char *cmdline_derive(const char *golden)
{
	struct str line = STR_INIT;
	size_t length;

	for (const char *at = golden + strspn(golden, " \t\n"); *at;
		at += strspn(at, " \t\n")) {
		length = word_length(at);
		if (length == 2 && memcmp(at, "--", 2) == 0)
			break;
		if (!is_dropped(at, length))
			str_addf(&line, "%.*s ", (int)length, at);
		at += length;
	}
	str_add(&line, RESET);
	return str_take(&line);
}
