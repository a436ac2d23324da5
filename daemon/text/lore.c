/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/lore.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "string/str.h"

/* RFC 5322 has lines of at most 998 characters; nobody's ids are that long. */
enum { ID_MAX = 500 };

void lore_clear(struct lore *lore)
{
	free(lore->id);
	free(lore->thread);
	memset(lore, 0, sizeof(*lore));
}

static bool is_url(const char *word)
{
	return text_starts(word, "https://") || text_starts(word, "http://");
}

enum lore_kind lore_kind(const char *word)
{
	if (strstr(word, "://"))
		return LORE_URL;
	return word[0] == '<' || (strchr(word, '@') && !strchr(word, '/')) ? LORE_ID
									   : LORE_FILE;
}

/* A path's part keeps RFC 3986's unreserved characters, and the '@' as people write it. */
static void add_escaped(struct str *out, const char *id)
{
	for (; *id; id++) {
		unsigned char c = (unsigned char)*id;

		if (isalnum(c) || strchr("-._~@+=$!,", c))
			str_add_char(out, *id);
		else
			str_addf(out, "%%%02X", c);
	}
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

static char *unescaped(const char *text, size_t bytes)
{
	auto_str struct str out = STR_INIT;

	for (size_t i = 0; i < bytes; i++) {
		if (text[i] == '%' && i + 2 < bytes && digit(text[i + 1]) >= 0 &&
			digit(text[i + 2]) >= 0) {
			str_add_char(
				&out, (char)(digit(text[i + 1]) * 16 + digit(text[i + 2])));
			i += 2;
		} else {
			str_add_char(&out, text[i]);
		}
	}
	return out.text ? str_take(&out) : mem_strdup("");
}

bool lore_is_id(const char *id)
{
	size_t bytes = strlen(id);

	if (bytes < 3 || bytes > ID_MAX || !strchr(id, '@'))
		return false;
	for (; *id; id++)
		if ((unsigned char)*id <= ' ' || *id == 0x7f || *id == '<' || *id == '>')
			return false;
	return true;
}

/* The first part of a URL's path that is a Message-ID; *ret_archive is what is before it. */
static char *find_id(const char *url, char **ret_archive)
{
	const char *part = strstr(url, "://") + 3;

	part += strcspn(part, "/?#");
	for (int depth = 0; *part == '/'; depth++) {
		size_t bytes = strcspn(++part, "/?#");
		auto_free char *id = unescaped(part, bytes);

		if (lore_is_id(id)) {
			*ret_archive = depth ? mem_strndup(url, (size_t)(part - url)) : NULL;
			return take_ptr(id);
		}
		part += bytes;
	}
	return NULL;
}

static char *id_of(const char *word)
{
	size_t bytes = strlen(word);
	bool bracketed = bytes > 2 && word[0] == '<' && word[bytes - 1] == '>';

	return bracketed ? mem_strndup(word + 1, bytes - 2) : mem_strdup(word);
}

int lore_parse(const char *word, const char *archive, struct lore *ret, struct err *err)
{
	auto_free char *id = NULL, *own = NULL;
	auto_str struct str url = STR_INIT;

	if (!is_url(archive) || !archive[strcspn(archive, "/") + 2])
		return err_set(err, -EINVAL,
			"\"%.200s\" is no archive: an address with https:// is expected",
			archive);
	if (strstr(word, "://") && !is_url(word))
		return err_set(
			err, -EINVAL, "\"%.200s\": only http:// and https:// are known", word);
	id = is_url(word) ? find_id(word, &own) : id_of(word);
	if (!id || !lore_is_id(id))
		return err_set(err, -EINVAL,
			"\"%.200s\" holds no Message-ID (like 2026.1-2-name@example.org)",
			word);
	str_add(&url, own ? own : archive);
	if (!text_ends(url.text, "/"))
		str_add_char(&url, '/');
	add_escaped(&url, id);
	str_add(&url, "/t.mbox.gz");
	ret->id = take_ptr(id);
	ret->thread = str_take(&url);
	return 0;
}
