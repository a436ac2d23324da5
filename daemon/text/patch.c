/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/patch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

enum { WORDS_MAX_BYTES = 64 << 10 };

void patch_clear(struct patch *patch)
{
	free(patch->author_name);
	free(patch->author_mail);
	free(patch->message);
	*patch = (struct patch){0};
}

/* The start of the line that begins with these words, or NULL. */
static const char *find_line(const char *text, const char *end, const char *words)
{
	size_t n = strlen(words);

	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));

		if ((size_t)(end - text) >= n && !memcmp(text, words, n))
			return text;
		if (!feed)
			return NULL;
		text = feed + 1;
	}
	return NULL;
}

/* The value of a header line with its continuation lines; the caller frees. NULL: none. */
static char *header(const char *text, const char *end, const char *name)
{
	const char *at = find_line(text, end, name);
	auto_str struct str value = STR_INIT;

	if (!at)
		return NULL;
	at += strlen(name);
	do {
		size_t n;

		at += strspn(at, " \t");
		n = strcspn(at, "\r\n");
		str_addf(&value, "%s%.*s", value.length ? " " : "", (int)n, at);
		at += n + strspn(at + n, "\r");
		at += *at == '\n';
	} while (at < end && (*at == ' ' || *at == '\t'));
	return mem_strdup(text_trim(value.text));
}

/* "Name <address>", quotes around the name removed. */
static bool read_author(char *from, struct patch *patch)
{
	char *open = strrchr(from, '<'), *close = open ? strchr(open, '>') : NULL, *name;
	size_t n;

	if (!close || close == open + 1)
		return false;
	*open = '\0';
	name = text_trim(from);
	n = strlen(name);
	if (n >= 2 && name[0] == '"' && name[n - 1] == '"') {
		name[n - 1] = '\0';
		name++;
	}
	if (!*name)
		return false;
	patch->author_name = mem_strdup(name);
	patch->author_mail = mem_strndup(open + 1, (size_t)(close - open - 1));
	return true;
}

static char *skip_brackets(char *subject)
{
	while (subject[0] == '[') {
		char *close = strchr(subject, ']');

		if (!close)
			break;
		subject = close + 1 + strspn(close + 1, " ");
	}
	return subject;
}

int patch_parse(const char *text, struct patch *ret, struct err *err)
{
	const char *diff = find_line(text, text + strlen(text), "diff --git ");
	const char *body, *end;
	auto_free char *from = NULL, *subject = NULL, *words = NULL;
	auto_patch struct patch patch = {0};

	if (!diff)
		return err_set(err, -EINVAL, "the patch has no \"diff --git\" line");
	if (diff - text > WORDS_MAX_BYTES)
		return err_set(err, -EINVAL, "the patch has too many words before its diff");
	body = find_line(text, diff, "\n");
	if (!body)
		return err_set(err, -EINVAL, "the patch has no header before its diff");
	from = header(text, body, "From: ");
	subject = header(text, body, "Subject: ");
	if (!from || !read_author(from, &patch))
		return err_set(err, -EINVAL, "the patch has no \"From: Name <address>\" line");
	if (!subject || !*skip_brackets(subject))
		return err_set(err, -EINVAL, "the patch has no \"Subject:\" line");
	end = find_line(body, diff, "---\n");
	words = mem_strndup(body, (size_t)((end ? end : diff) - body));
	body = text_trim(words);
	patch.message = mem_printf("%s\n%s%s%s", skip_brackets(subject), *body ? "\n" : "",
		body, *body ? "\n" : "");
	patch.diff = diff;
	*ret = patch;
	patch = (struct patch){0};
	return 0;
}
