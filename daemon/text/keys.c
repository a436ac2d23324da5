/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/keys.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "base/mem.h"
#include "string/str.h"
#include "string/strv.h"

/* One section of the file, and which of its keys were seen. */
struct block {
	char *header; /* as written: "host altra" */
	char *section;
	char *name; /* or NULL */
	void *object;
	bool *seen; /* by row of the table */
	int line;
};

struct reading {
	const struct key_table *table;
	const char *file, *rest;
	int line;
	struct block *blocks, *block; /* block: the one that is read, NULL before the first */
	size_t block_count;
	int failed;
	struct err *err;
};

int key_size(const char *text, int64_t *ret_bytes)
{
	static const char units[] = "kmgt";
	char *end;
	long long n;
	int shift = 0;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || n < 0)
		return -EINVAL;
	if (*end) {
		const char *unit = strchr(units, *end | 0x20);

		if (!unit || end[1])
			return -EINVAL;
		shift = 10 * (int)(unit - units + 1);
	}
	if (n > (INT64_MAX >> shift))
		return -EINVAL;
	*ret_bytes = n << shift;
	return 0;
}

int key_duration(const char *text, int *ret_seconds)
{
	char *end;
	long n;
	int factor = 1;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || n < 0)
		return -EINVAL;
	if (*end) {
		factor = *end == 's' ? 1 : *end == 'm' ? 60 : *end == 'h' ? 3600 : 0;
		if (!factor || end[1])
			return -EINVAL;
	}
	if (n > INT_MAX / factor)
		return -EINVAL;
	*ret_seconds = (int)n * factor;
	return 0;
}

static int read_int(const struct key *key, const char *text, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < key->min || n > key->max)
		return -EINVAL;
	*ret = (int)n;
	return 0;
}

static int read_word(const char *text, const char *const *words, int *ret)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text))
			continue;
		*ret = i;
		return 0;
	}
	return -EINVAL;
}

static int read_switch(const char *text, bool *ret)
{
	static const char *const words[] = {"no", "yes", "off", "on", "false", "true", NULL};
	int index;

	if (read_word(text, words, &index) < 0)
		return -EINVAL;
	*ret = index % 2 == 1;
	return 0;
}

static int store_value(const struct key *key, const char *text, void *object)
{
	void *place = (char *)object + key->offset;

	switch (key->kind) {
	case KEY_TEXT:
		free(*(char **)place);
		*(char **)place = mem_strdup(text);
		return 0;
	case KEY_WORDS:
		strv_clear(place);
		strv_split(place, text, " \t");
		return 0;
	case KEY_INT:
		return read_int(key, text, place);
	case KEY_SIZE:
		return key_size(text, place);
	case KEY_DURATION:
		return key_duration(text, place);
	case KEY_SWITCH:
		return read_switch(text, place);
	case KEY_CHOICE:
		return read_word(text, key->choices, place);
	}
	return -EINVAL;
}

static void add_expected(struct str *str, const struct key *key)
{
	switch (key->kind) {
	case KEY_TEXT:
	case KEY_WORDS:
		str_add(str, "text");
		break;
	case KEY_INT:
		str_addf(str, "a whole number from %d to %d", key->min, key->max);
		break;
	case KEY_SIZE:
		str_add(str, "a size such as 64k, 2M or 1G");
		break;
	case KEY_DURATION:
		str_add(str, "a time such as 90s, 10m or 2h");
		break;
	case KEY_SWITCH:
		str_add(str, "yes or no");
		break;
	case KEY_CHOICE:
		str_add(str, "one of");
		for (int i = 0; key->choices[i]; i++)
			str_addf(str, "%s %s", i ? "," : "", key->choices[i]);
		break;
	}
}

static int bad_value(struct reading *reading, const struct key *key, const char *value)
{
	auto_str struct str expected = STR_INIT;

	add_expected(&expected, key);
	return err_set(reading->err, -EINVAL, "%s:%d: %s = \"%.100s\": expected %s",
		reading->file, reading->line, key->name, value, str_text(&expected));
}

/* The known word nearest to a wrong one, or NULL when none is near. */
static const char *nearest(
	const struct reading *reading, const char *section, const char *wrong)
{
	const char *best = NULL;
	size_t best_distance = 4;

	for (size_t i = 0; i < reading->table->count; i++) {
		const struct key *key = &reading->table->keys[i];
		const char *known = section ? key->name : key->section;
		size_t distance = text_distance(known, wrong);

		if (section && strcmp(key->section, section))
			continue;
		/* a word that shares no letter is not near, however short it is */
		if (distance < best_distance && distance < strlen(wrong)) {
			best_distance = distance;
			best = known;
		}
	}
	return best;
}

static int unknown(struct reading *reading, const char *section, const char *wrong)
{
	const char *near = nearest(reading, section, wrong);

	return err_set(reading->err, -EINVAL, "%s:%d: unknown %s \"%.60s\"%s%s%s",
		reading->file, reading->line, section ? "key" : "section", wrong,
		near	  ? ", did you mean \""
		: section ? ""
			  : "",
		near ? near : "", near ? "\"?" : "");
}

static bool knows_section(const struct key_table *table, const char *section)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->keys[i].section, section) == 0)
			return true;
	return false;
}

static struct block *find_block(const struct reading *reading, const char *header)
{
	for (size_t i = 0; i < reading->block_count; i++)
		if (strcmp(reading->blocks[i].header, header) == 0)
			return &reading->blocks[i];
	return NULL;
}

/* "host altra" is section and name, "plan" a section; blanks do not matter. Consumes header. */
static struct block split_header(char *header, int line)
{
	char *text = text_trim(header);
	size_t word = strcspn(text, " \t");
	const char *name = text + word + strspn(text + word, " \t");
	struct block block = {.line = line, .section = mem_strndup(text, word)};

	block.name = *name ? mem_strdup(name) : NULL;
	block.header = block.name ? mem_printf("%s %s", block.section, block.name)
				  : mem_strdup(block.section);
	return block;
}

static void block_clear(struct block *block)
{
	free(block->header);
	free(block->section);
	free(block->name);
	free(block->seen);
}

/* Makes the block of a header the one that is read; it is opened when it is met first. */
static int enter_block(struct reading *reading, char *header)
{
	struct block block = split_header(header, reading->line);
	int r = 0;

	reading->block = find_block(reading, block.header);
	if (!reading->block && !knows_section(reading->table, block.section))
		r = unknown(reading, NULL, block.section);
	if (reading->block || r < 0) {
		block_clear(&block);
		return r;
	}
	block.object = reading->table->section(
		reading->table->data, block.section, block.name, reading->err);
	block.seen = MEM_NEW(bool, reading->table->count);
	reading->blocks = mem_grow(reading->blocks, reading->block_count + 1, sizeof(block));
	reading->block = &reading->blocks[reading->block_count++];
	*reading->block = block;
	if (block.object)
		return 0;
	err_note(reading->err, "%s:%d", reading->file, reading->line);
	return -EINVAL;
}

static int take_value(
	struct reading *reading, struct block *block, const struct key *key, const char *value)
{
	const struct key_table *table = reading->table;

	if (store_value(key, value, block->object) < 0)
		return bad_value(reading, key, value);
	if (table->check && table->check(block->object, key, value, reading->err) < 0)
		return err_note(reading->err, "%s:%d: %s = \"%.100s\"", reading->file,
			reading->line, key->name, value);
	return 0;
}

static int take_pair(
	struct reading *reading, struct block *block, const char *name, const char *value)
{
	for (size_t i = 0; i < reading->table->count; i++) {
		const struct key *key = &reading->table->keys[i];

		if (strcmp(key->section, block->section) || strcmp(key->name, name))
			continue;
		if (block->seen[i])
			return err_set(reading->err, -EINVAL,
				"%s:%d: %s is given twice in [%s]", reading->file,
				reading->line, name, block->header);
		block->seen[i] = true;
		return take_value(reading, block, key, value);
	}
	return unknown(reading, block->section, name);
}

/* libinih's handler: 1 goes on, 0 is an error. */
static int on_pair(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;

	(void)section; /* cut at 49 characters: enter_block() has read the header */
	if (reading->failed < 0)
		return 1;
	if (!reading->block) {
		reading->failed = err_set(reading->err, -EINVAL,
			"%s:%d: \"%.60s\" stands before the first [section]", reading->file,
			reading->line, name);
		return 0;
	}
	reading->failed = take_pair(reading, reading->block, name, value);
	return reading->failed == 0;
}

/* A line "[section name]" enters its block; what else begins with a bracket is no header. */
static int read_header(struct reading *reading, const char *line, size_t length)
{
	auto_free char *copy = mem_strndup(line, length);
	char *end = copy + strcspn(copy, "]");
	const char *behind = *end ? text_trim(end + 1) : "?";

	if (*behind && !strchr(";#", *behind))
		return err_set(reading->err, -EINVAL, "%s:%d: expected \"[section]\"",
			reading->file, reading->line);
	*end = '\0';
	return enter_block(reading, copy + 1);
}

/*
 * libinih's reader: one line, at most size - 1 characters, as fgets() would.
 * Blanks at its start are dropped, with them libinih would continue the value
 * above. Headers are read here as well, because libinih never tells of a
 * section without keys.
 */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	const char *start = reading->rest + strspn(reading->rest, " \t");
	size_t n = strcspn(start, "\n");

	if (reading->failed < 0 || !*reading->rest)
		return NULL;
	reading->line++;
	reading->rest = start[n] == '\n' ? start + n + 1 : start + n;
	if (n + 2 > (size_t)size)
		reading->failed = err_set(reading->err, -EINVAL,
			"%s:%d: the line is longer than %d characters", reading->file,
			reading->line, size - 2);
	else if (*start == '[')
		reading->failed = read_header(reading, start, n);
	if (reading->failed < 0)
		return NULL;
	memcpy(line, start, n);
	memcpy(line + n, "\n", 2);
	return line;
}

static int fill_absent(struct reading *reading, const struct block *block)
{
	for (size_t i = 0; i < reading->table->count; i++) {
		const struct key *key = &reading->table->keys[i];

		if (block->seen[i] || strcmp(key->section, block->section))
			continue;
		if (!key->fallback)
			return err_set(reading->err, -EINVAL, "%s:%d: [%s] has no \"%s\"",
				reading->file, block->line, block->header, key->name);
		if (store_value(key, key->fallback, block->object) < 0)
			return err_set(reading->err, -EINVAL, "default of %s does not parse",
				key->name);
		if (reading->table->check && reading->table->check(block->object, key,
						     key->fallback, reading->err) < 0)
			return err_note(reading->err, "default of %s", key->name);
	}
	return 0;
}

static void forget(struct reading *reading)
{
	for (size_t i = 0; i < reading->block_count; i++)
		block_clear(&reading->blocks[i]);
	free(reading->blocks);
}

int keys_read(
	const struct key_table *table, const char *file, const char *text, struct err *err)
{
	struct reading reading = {.table = table, .file = file, .rest = text, .err = err};
	int bad_line, r;

	if (text_starts(text, "\xef\xbb\xbf"))
		reading.rest += 3; /* a byte order mark */
	bad_line = ini_parse_stream(next_line, &reading, on_pair, &reading);
	r = reading.failed;
	/* libinih goes on after a line that it cannot read: of two errors the first is told. */
	if (bad_line != 0 && (r == 0 || bad_line < reading.line))
		r = err_set(err, -EINVAL, "%s:%d: expected \"name = value\" or \"[section]\"",
			file, bad_line > 0 ? bad_line : reading.line);
	for (size_t i = 0; r == 0 && i < reading.block_count; i++)
		r = fill_absent(&reading, &reading.blocks[i]);
	forget(&reading);
	return r;
}
