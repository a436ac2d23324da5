/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/mailbox.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "string/str.h"

enum { ADDRESS_MAX = 254, LIST_MAX = 1000 };

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool is_dotted(const char *text, size_t length)
{
	if (!length || text[0] == '.' || text[length - 1] == '.')
		return false;
	for (size_t i = 1; i < length; i++)
		if (text[i] == '.' && text[i - 1] == '.')
			return false;
	return true;
}

bool mailbox_address_is_good(const char *address)
{
	size_t local = strspn(address, ALNUM ".!#$%&'*+/=?^_`{|}~-");
	const char *domain = address + local + 1;

	return strlen(address) <= ADDRESS_MAX && address[local] == '@' && local <= 64 &&
	       address[0] != '-' && strspn(domain, ALNUM "-.") == strlen(domain) &&
	       domain[0] != '-' && is_dotted(address, local) &&
	       is_dotted(domain, strlen(domain));
}

void mailboxes_add(struct mailboxes *list, const char *name, const char *address)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i].address, address) == 0)
			return;
	list->items = mem_grow(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct mailbox){mem_strdup(name), mem_strdup(address)};
}

/* The end of one entry: the next comma outside of quotes and angle brackets. */
static size_t entry_length(const char *text)
{
	bool quoted = false, bracket = false;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (quoted && text[i] == '\\' && text[i + 1])
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '<' || text[i] == '>'))
			bracket = text[i] == '<';
		else if (!quoted && !bracket && text[i] == ',')
			break;
	}
	return i;
}

static char *unquoted(char *name)
{
	size_t length = strlen(name), out = 0;

	if (length < 2 || name[0] != '"' || name[length - 1] != '"')
		return mem_strdup(name);
	name[length - 1] = 0;
	for (const char *p = name + 1; *p; p++) {
		p += *p == '\\' && p[1];
		name[out++] = *p;
	}
	name[out] = 0;
	return mem_strdup(name);
}

static const char *read_entry(struct mailboxes *list, char *text)
{
	char *open, *end;
	auto_free char *name = NULL;

	text = text_trim(text);
	if (!*text)
		return "an entry is empty";
	open = strrchr(text, '<');
	if (!open) {
		if (!mailbox_address_is_good(text))
			return "an address does not parse";
		mailboxes_add(list, "", text);
		return NULL;
	}
	end = open + strcspn(open, ">");
	if (*end != '>' || end[1])
		return "an address in <> does not end";
	*open = *end = 0;
	if (!mailbox_address_is_good(open + 1))
		return "an address in <> does not parse";
	name = unquoted(text_trim(text));
	mailboxes_add(list, name, open + 1);
	return NULL;
}

const char *mailboxes_read(struct mailboxes *ret, const char *text)
{
	auto_mailboxes struct mailboxes list = {0};
	const char *wrong = NULL;

	if (!text[strspn(text, " \t\r\n")])
		return NULL;
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\t')
			return "a control character in an address";
	while (!wrong && list.count <= LIST_MAX) {
		size_t length = entry_length(text);
		auto_free char *entry = mem_strndup(text, length);

		wrong = read_entry(&list, entry);
		if (!text[length])
			break;
		text += length + 1;
	}
	if (wrong)
		return wrong;
	for (size_t i = 0; i < list.count; i++)
		mailboxes_add(ret, list.items[i].name, list.items[i].address);
	return NULL;
}

void mailboxes_clear(struct mailboxes *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].address);
	}
	free(list->items);
	*list = (struct mailboxes){0};
}
