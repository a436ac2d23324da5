/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/treepath.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { PATH_BYTES_MAX = 1000 };

static bool is_part(const char *part, size_t n)
{
	if (n == 0 || (n == 1 && part[0] == '.') ||
		(n == 2 && part[0] == '.' && part[1] == '.'))
		return false;
	/* git~1 is what some file systems call .git, too. */
	return !(n == 4 && strncasecmp(part, ".git", n) == 0) &&
	       !(n == 5 && strncasecmp(part, "git~1", n) == 0);
}

bool treepath_is_inside(const char *path)
{
	if (!*path || strlen(path) > PATH_BYTES_MAX)
		return false;
	for (const char *at = path; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	for (const char *at = path;; at++) {
		size_t n = strcspn(at, "/");

		if (!is_part(at, n))
			return false;
		at += n;
		if (!*at)
			return true;
	}
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

bool treepath_unquote(const char **at, const char *end, struct str *ret)
{
	static const char letters[] = "abtnvfr\"\\", bytes[] = "\a\b\t\n\v\f\r\"\\";
	const char *p = *at;

	while (p < end && *p != '"') {
		const char *letter;

		if (*p != '\\') {
			str_add_char(ret, *p++);
		} else if (end - p >= 4 && p[1] <= '3' && is_octal(p[1]) && is_octal(p[2]) &&
			   is_octal(p[3])) {
			str_add_char(ret,
				(char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')));
			p += 4;
		} else if (end - p >= 2 && p[1] && (letter = strchr(letters, p[1]))) {
			str_add_char(ret, bytes[letter - letters]);
			p += 2;
		} else {
			return false;
		}
	}
	if (p == end)
		return false;
	*at = p + 1;
	return true;
}

void treepath_add(struct str *out, const char *prefix, const char *path)
{
	bool quoted = path && strpbrk(path, "\"\\");

	if (!path) {
		str_add(out, "/dev/null");
		return;
	}
	str_addf(out, "%s%s", quoted ? "\"" : "", prefix);
	for (; *path; path++) {
		if (*path == '"' || *path == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *path);
	}
	if (quoted)
		str_add_char(out, '"');
}
