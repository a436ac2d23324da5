/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_BUILTIN_H
#define BASE_BUILTIN_H

#include <stddef.h>

/*
 * Files of the source tree that are part of the program: the schema, the
 * shipped plans, the kernel configuration fragments and the web files. The
 * table is written by tools/embed; names are paths in the source tree, such as
 * "schema/0001-initial.sql". One NUL byte follows the data.
 */
struct builtin {
	const char *name;
	const unsigned char *data;
	size_t size_bytes;
};

extern const struct builtin builtin_table[];
extern const size_t builtin_count;

/* The file of that name, or NULL. */
const struct builtin *builtin_find(const char *name);

/* Its content as text, or NULL. */
const char *builtin_text(const char *name);

#endif
