/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/gitref.h"

#include <string.h>

#include "base/mem.h"
#include "string/str.h"

enum { REF_MAX_BYTES = 900, OID_DIGITS = 40 };

/* One part between slashes: not empty, no dot in front, no ".lock" at its end. */
static bool is_part(const char *part, size_t n)
{
	return n > 0 && part[0] != '.' && !(n >= 5 && memcmp(part + n - 5, ".lock", 5) == 0);
}

bool git_ref_is_name(const char *text)
{
	size_t n = strlen(text);

	if (!text_starts(text, "refs/") || n > REF_MAX_BYTES || text[n - 1] == '.')
		return false;
	if (strstr(text, "..") || strstr(text, "@{"))
		return false;
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || strchr("~^:?*[\\\x7f", *p))
			return false;
	for (const char *part = text;; part += n + 1) {
		n = strcspn(part, "/");
		if (!is_part(part, n))
			return false;
		if (!part[n])
			return true;
	}
}

bool git_ref_is_pattern(const char *text)
{
	auto_free char *copy = mem_strdup(text);
	char *star = strchr(copy, '*');

	if (star)
		*star = 'x';
	return git_ref_is_name(copy);
}

bool git_ref_matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t before = star ? (size_t)(star - pattern) : 0;

	if (!star)
		return strcmp(pattern, name) == 0;
	return strncmp(pattern, name, before) == 0 &&
	       strlen(name) >= before + strlen(star + 1) && text_ends(name, star + 1);
}

char *git_ref_full(const char *text)
{
	return text_starts(text, "refs/") ? mem_strdup(text)
					  : mem_printf("refs/heads/%s", text);
}

const char *git_ref_short(const char *name)
{
	static const char *const folders[] = {"refs/heads/", "refs/tags/", "refs/"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (text_starts(name, folders[i]))
			return name + strlen(folders[i]);
	return name;
}

bool git_ref_is_oid(const char *text)
{
	return strlen(text) == OID_DIGITS && strspn(text, "0123456789abcdef") == OID_DIGITS;
}
