/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEW_BOOTS_H
#define VIEW_BOOTS_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/* The boots behind a comparison. `up` leads from the page to the site's top. */

/* Every boot in its order: kernel, time, processes, how it ended. */
void boots_table(FILE *out, const struct comparison *c, const char *up);

/* Those that failed, with reason and link; nothing when none did. */
void boots_failed(FILE *out, const struct comparison *c, const char *up);

/*
 * The value of every boot in every judged cell, each leading to the raw output
 * it came from.
 */
void boots_values(FILE *out, const struct comparison *c, const char *up);

#endif
