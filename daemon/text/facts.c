/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"

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

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *facts_changed(const char *before, const char *after)
{
	auto_strv struct strv had = STRV_INIT, has = STRV_INIT;
	auto_str struct str changed = STR_INIT;

	strv_split(&had, before, "\n");
	strv_split(&has, after, "\n");
	if (had.count)
		qsort(had.items, had.count, sizeof(*had.items), by_text);
	for (size_t i = 0; i < has.count; i++)
		if (!had.count || !bsearch(&has.items[i], had.items, had.count,
					  sizeof(*had.items), by_text))
			str_addf(&changed, "after %s\n", has.items[i]);
	return mem_strdup(str_text(&changed));
}

char *facts_last(const char *text, const char *saying)
{
	auto_free char *line = NULL;
	const char *found = NULL;

	for (const char *next = text; (next = strstr(next, saying)); next++)
		found = next;
	if (!found)
		return NULL;
	line = mem_strndup(found, strcspn(found, "\n"));
	return mem_strdup(text_trim(line));
}

char *facts_kvm_mode(const char *dmesg)
{
	static const char success[] = " initialized successfully";

	for (const char *line = dmesg; (line = strstr(line, "kvm [")); line++) {
		size_t length = strcspn(line, "\n");
		const char *mode = memmem(line, length, "]: ", 3);
		const char *end = memmem(line, length, success, strlen(success));

		if (mode && end && end > mode + 3)
			return mem_strndup(mode + 3, (size_t)(end - mode) - 3);
	}
	return NULL;
}

char *facts_gic_fault(const char *dmesg)
{
	static const char *const sayings[] = {
		"Booted with LPIs enabled",
		"Failed to disable LPIs",
		"Timeout while disabling LPIs",
		"GICv3: Expected reserved range",
	};
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sayings) && !found; i++)
		found = facts_last(dmesg, sayings[i]);
	return found;
}
