/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_KEYS_H
#define TEXT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Configuration as a table: one row a key. The syntax is INI as libinih reads
 * it; what the keys mean is in the caller's rows. Unknown sections and keys,
 * bad values, doubled and missing keys are errors "FILE:LINE: ..." that name
 * the nearest known key.
 */
enum key_kind {
	KEY_TEXT,     /* char *, owned */
	KEY_WORDS,    /* struct strv, split at blanks */
	KEY_INT,      /* int, in [min, max] */
	KEY_SIZE,     /* int64_t bytes: "64k", "2M", "1G", "0" */
	KEY_DURATION, /* int seconds: "90", "90s", "10m", "2h" */
	KEY_SWITCH,   /* bool: yes, no, on, off, true, false */
	KEY_CHOICE,   /* int: index of the value in the NULL-terminated choices */
};

struct key {
	const char *section; /* "plan"; for sections with names, "[host altra]": "host" */
	const char *name;
	enum key_kind kind;
	size_t offset;	      /* into the object of the section */
	const char *fallback; /* value when the key is absent; NULL: it must be there */
	int min, max;	      /* KEY_INT */
	const char *const *choices;
};

struct key_table {
	const struct key *keys;
	size_t count;
	/*
	 * The object that a section's keys are written into. name is NULL for a
	 * section without one. Called once for each section header met; returns
	 * NULL after err_set() when there may be no such section.
	 */
	void *(*section)(void *data, const char *section, const char *name, struct err *err);
	void *data;
	/*
	 * Has its say on each value that was read, for what a row cannot tell:
	 * negative after err_set() with what was expected. NULL: no further checks.
	 */
	int (*check)(void *object, const struct key *key, const char *value, struct err *err);
};

/*
 * Reads text into the table's objects; file is its name for error sentences.
 * Keys that are absent from a section that was met get their fallback. On
 * failure objects are partly filled: the caller clears them.
 */
int keys_read(
	const struct key_table *table, const char *file, const char *text, struct err *err);

/* The values by themselves; -EINVAL without a sentence when they do not parse. */
int key_size(const char *text, int64_t *ret_bytes);
int key_duration(const char *text, int *ret_seconds);

#endif
