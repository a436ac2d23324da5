/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONFIG_PLANS_H
#define CONFIG_PLANS_H

#include "base/err.h"
#include "model/plan.h"

/*
 * Reads a plan from its text; file is its name for error sentences. The
 * caller clears *ret with plan_clear(). hash is left NULL: the store's key is
 * the hash of the text, see plan_canonical().
 */
int plan_parse(const char *file, const char *text, struct plan *ret, struct err *err);

/*
 * What of a plan makes values comparable, in one fixed form: plans that may be
 * compared have equal text, whatever file they came from. The number of boots
 * and the limits are not part of it. The caller frees.
 */
char *plan_canonical(const struct plan *plan);

/* A shipped plan's text by name ("dirty-log"), or NULL. */
const char *plan_shipped(const char *name);

/* Names of the shipped plans, with ", " between; the caller frees. */
char *plan_shipped_names(void);

#endif
