/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_NOISE_H
#define PAGE_NOISE_H

#include <stdio.h>

#include "model/comparison.h"
#include "model/noise.h"

/* The noise of a host for the terminal: a row a metric, and what follows from it. */
void page_noise_write(
	FILE *out, const struct comparison *comparison, const struct noise *noise);

/* The same as JSON (docs/schema/noise.json), with every cell. */
void page_noise_json(FILE *out, const struct comparison *comparison, const struct noise *noise);

#endif
