/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXT_GITREF_H
#define TEXT_GITREF_H

#include <stdbool.h>

/*
 * Names of git refs ("refs/heads/kvm-arm64/misc-6,4") and patterns of them.
 * A pattern has one '*', which stands for any text with slashes in it, as in
 * git's refspecs. Names are never split at anything.
 */

/* May git have a ref of this full name? As git-check-ref-format(1). */
bool git_ref_is_name(const char *text);

/* A name, or one with a single '*' in it that would be a name with an "x" there. */
bool git_ref_is_pattern(const char *text);

bool git_ref_matches(const char *pattern, const char *name);

/* What people call it: the full name or pattern; "next" is refs/heads/next. The caller frees.
 */
char *git_ref_full(const char *text);

/* "refs/heads/x" is "x" for people, "refs/tags/v1" is "v1"; points into name. */
const char *git_ref_short(const char *name);

/* Forty hexadecimal digits. */
bool git_ref_is_oid(const char *text);

#endif
