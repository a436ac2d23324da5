/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/ledger.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "string/str.h"
#include "sys/fs.h"

enum { LEDGER_LIMIT_BYTES = 256 << 20, PRINT_DIGITS = 16 };

struct entry {
	char *address;
	char *word; /* or NULL */
	fingerprint print;
	size_t order; /* later ones count */
};

struct ledger {
	int folder; /* the site's, open: tens of thousands of pages are looked for in it */
	char *path;
	struct entry *entries;
	size_t count, sorted; /* the first `sorted` are in order, an address once */
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = strcmp(a->address, b->address);

	return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

static void entry_clear(struct entry *entry)
{
	free(entry->address);
	free(entry->word);
}

/* Of one address the newest stays. */
void ledger_sort(struct ledger *ledger)
{
	size_t kept = 0;

	if (ledger->count)
		qsort(ledger->entries, ledger->count, sizeof(*ledger->entries),
			compare_entries);
	for (size_t i = 0; i < ledger->count; i++) {
		struct entry *e = &ledger->entries[i];

		if (i + 1 < ledger->count && strcmp(e->address, e[1].address) == 0)
			entry_clear(e);
		else
			ledger->entries[kept++] = *e;
	}
	ledger->count = ledger->sorted = kept;
}

/* Takes the texts. */
static void add(struct ledger *ledger, char *address, fingerprint print, char *word)
{
	if ((ledger->count & (ledger->count - 1)) == 0)
		ledger->entries = mem_grow(ledger->entries,
			ledger->count ? 2 * ledger->count : 1, sizeof(*ledger->entries));
	ledger->entries[ledger->count] =
		(struct entry){address, word, print, .order = ledger->count};
	ledger->count++;
}

/* A line: the print in 16 digits, the address, and perhaps a word, with tabs between. */
static void read_line(struct ledger *ledger, const char *line, size_t length)
{
	auto_free char *text = mem_strndup(line, length);
	char *address, *word, *end;
	fingerprint print = strtoull(text, &end, 16);

	if (end != text + PRINT_DIGITS || *end != '\t')
		return;
	address = end + 1;
	word = strchr(address, '\t');
	if (word)
		*word++ = '\0';
	if (*address)
		add(ledger, mem_strdup(address), print, mem_strdup(word));
}

struct ledger *ledger_open(const char *site_folder)
{
	struct ledger *ledger = MEM_NEW(struct ledger, 1);
	auto_free char *text = NULL;

	ledger->folder = open(site_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ledger->path = mem_printf("%s/.pages", site_folder);
	if (fs_read(ledger->path, LEDGER_LIMIT_BYTES, &text, NULL, NULL) == 0)
		for (const char *line = text; *line;) {
			size_t length = strcspn(line, "\n");

			read_line(ledger, line, length);
			line += length + (line[length] == '\n');
		}
	ledger_sort(ledger);
	return ledger;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	for (size_t i = 0; i < ledger->count; i++)
		entry_clear(&ledger->entries[i]);
	free(ledger->entries);
	if (ledger->folder >= 0)
		close(ledger->folder);
	free(ledger->path);
	free(ledger);
}

bool ledger_exists(const struct ledger *ledger, const char *address)
{
	return ledger->folder >= 0 && faccessat(ledger->folder, address, F_OK, 0) == 0;
}

static int compare_address(const void *key, const void *entry)
{
	return strcmp(key, ((const struct entry *)entry)->address);
}

static const struct entry *find(const struct ledger *ledger, const char *address)
{
	return ledger->sorted ? bsearch(address, ledger->entries, ledger->sorted,
					sizeof(struct entry), compare_address)
			      : NULL;
}

bool ledger_is_current(const struct ledger *ledger, const char *address, fingerprint print)
{
	const struct entry *found = find(ledger, address);

	return found && found->print == print && ledger_exists(ledger, address);
}

void ledger_note(
	struct ledger *ledger, const char *address, fingerprint print, const char *word)
{
	char *kept = mem_strdup(word);

	for (char *p = kept; p && *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	add(ledger, mem_strdup(address), print, kept);
}

const char *ledger_word(const struct ledger *ledger, const char *address)
{
	const struct entry *found = find(ledger, address);

	return found ? found->word : NULL;
}

int ledger_save(struct ledger *ledger, struct err *err)
{
	auto_str struct str text = STR_INIT;

	ledger_sort(ledger);
	for (size_t i = 0; i < ledger->count; i++) {
		const struct entry *e = &ledger->entries[i];

		str_addf(&text, "%016" PRIx64 "\t", e->print);
		str_add(&text, e->address);
		if (e->word) {
			str_add_char(&text, '\t');
			str_add(&text, e->word);
		}
		str_add_char(&text, '\n');
	}
	return fs_write_atomic(ledger->path, str_text(&text), text.length, err);
}
