/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/trailers.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "string/str.h"

enum { PEOPLE_MAX = 32, LINE_MAX_BYTES = 320 };

static const char *const keys[] = {"Reviewed-by: ", "Acked-by: ", "Tested-by: "};

/* The line behind the last empty one that has text after it. */
static const char *last_paragraph(const char *message)
{
	const char *start = message;

	for (const char *p = message; (p = strstr(p, "\n\n")); p++)
		if (p[2 + strspn(p + 2, "\n")])
			start = p + 2 + strspn(p + 2, "\n");
	return start;
}

char *trailers_reviewers(const char *message)
{
	auto_str struct str people = STR_INIT;
	int count = 0;

	for (const char *line = last_paragraph(message); *line && count < PEOPLE_MAX;) {
		size_t length = strcspn(line, "\n");

		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			size_t key = strlen(keys[i]);

			if (length <= key || length > LINE_MAX_BYTES ||
				strncasecmp(line, keys[i], key) != 0)
				continue;
			str_add(&people, "reviewed-by: ");
			str_add_bytes(&people, line + key, length - key);
			str_add_char(&people, '\n');
			count++;
		}
		line += length + (line[length] == '\n');
	}
	return people.length ? str_take(&people) : mem_strdup("");
}
