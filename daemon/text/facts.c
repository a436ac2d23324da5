/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/facts.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

char *facts_value(const char *facts, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = facts; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && text_starts(line + length, ": "))
			return mem_strndup(line + length + 2, strcspn(line + length + 2, "\n"));
	}
	return NULL;
}

char *facts_last_line(const char *text, const char *word)
{
	auto_free char *copy = NULL;
	const char *found = NULL, *start, *next = text;

	while ((next = strstr(next, word)))
		found = next++;
	if (!found)
		return NULL;
	for (start = found; start > text && start[-1] != '\n'; start--)
		;
	copy = mem_strndup(start, strcspn(start, "\n"));
	return mem_strdup(text_trim(copy));
}

char *facts_kvm_mode(const char *dmesg)
{
	static const char success[] = " initialized successfully";
	auto_free char *line = facts_last_line(dmesg, success);
	char *mode = line ? strstr(line, "kvm [") : NULL;

	mode = mode ? strstr(mode, "]: ") : NULL;
	if (!mode || !strstr(mode, success))
		return NULL;
	mode += 3;
	return mem_strndup(mode, (size_t)(strstr(mode, success) - mode));
}
