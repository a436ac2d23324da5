/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_TREEPATH_H
#define TEXT_TREEPATH_H

#include <stdbool.h>

#include "string/str.h"

/* Paths of files in a git tree, as a diff spells them. */

/*
 * May this name a file of the tree? Relative, no empty part, none that is ".",
 * ".." or git's own folder under any of its spellings, no control character.
 */
bool treepath_is_inside(const char *path);

/*
 * Undoes git's quoting: *at is behind the opening '"' and is moved behind the
 * closing one. False when that is missing before end, or a quote is none.
 */
bool treepath_unquote(const char **at, const char *end, struct str *ret);

/* Adds prefix and path, quoted where git quotes; NULL is /dev/null. */
void treepath_add(struct str *out, const char *prefix, const char *path);

#endif
